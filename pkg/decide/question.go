package decide

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/match"
)

// question is what the tables of a match are made of, and what they answer.
type question struct {
	lists   []match.Table
	answers func(match.Outcome) (x, y *answer)
}

// numbered asks about the lines of both as tables whose answers are equal numbers
// where their effects are equal.
func (r routes) numbered() question {
	numbers := map[string]int{}
	var q question
	var answers []*answer
	for _, lines := range [][]line{r.a, r.b} {
		t := match.Table{Lines: make([]match.Line, len(lines))}
		for i := range lines {
			key := lines[i].answer().key()
			n, ok := numbers[key]
			if !ok {
				n = len(answers)
				numbers[key] = n
				answers = append(answers, lines[i].answer())
			}
			t.Lines[i] = match.Line{When: lines[i].holds(), Answer: n}
		}
		q.lists = append(q.lists, t)
	}
	q.answers = func(o match.Outcome) (x, y *answer) { return answers[o.Answers[0]], answers[o.Answers[1]] }
	return q
}

// inStep asks about lines that have the same conditions: as one table, beside one that
// answers nothing, of lines that differ.
func (r routes) inStep(differ func(x, y *line) bool) (q question, some bool) {
	t := match.Table{Lines: make([]match.Line, len(r.a))}
	for i := range r.a {
		t.Lines[i].When = r.a[i].holds()
		if differ(&r.a[i], &r.b[i]) {
			t.Lines[i].Answer, some = i+1, true
		}
	}
	q.lists = []match.Table{t, {}}
	q.answers = func(o match.Outcome) (x, y *answer) {
		return r.a[o.Answers[0]-1].answer(), r.b[o.Answers[0]-1].answer()
	}
	return q, some
}

// key tells answers with different effects apart.
func (a *answer) key() string {
	var b strings.Builder
	if a.sent {
		b.WriteByte('s')
	}
	for _, p := range a.parts {
		if p.defaulted {
			b.WriteByte('d')
		}
		b.WriteString(p.text)
		b.WriteByte(0)
	}
	return b.String()
}
