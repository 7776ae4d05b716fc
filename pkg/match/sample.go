package match

import (
	"slices"
	"strings"
)

// constraint is a test and how it must turn out.
type constraint struct {
	test *test
	want bool
}

func (c constraint) holds(v string) bool { return c.test.holds(v) == c.want }

func holdAll(cs []constraint, v string) bool {
	for _, c := range cs {
		if !c.holds(v) {
			return false
		}
	}
	return true
}

// sample looks for a value of an attribute that meets the constraints; their
// tests are known. No is exact: there is no such value in the universe.
func (s *Space) sample(at attribute, cs []constraint) (string, Answer) {
	if at.Field.Many(at.Key) {
		return s.sampleMany(at, cs)
	}
	return s.sampleOne(at, cs)
}

// sampleOne looks for a single value, with the cheapest method that is exact.
func (s *Space) sampleOne(at attribute, cs []constraint) (string, Answer) {
	if at.Field.address() && manyIn(cs) {
		return s.sampleAddresses(at.Field, cs)
	}
	u := &universes[at.Field]
	for _, v := range u.familiar {
		if holdAll(cs, v) {
			return v, Yes
		}
	}
	if at.Field.address() {
		return first(cs, addresses(at.Field, tests(cs)))
	}
	for _, c := range cs {
		if c.want && c.test.fixes() {
			return exactly(u, cs, c.test.Value)
		}
	}
	if at.Field.closed() {
		return s.sampleListed(at.Field, cs)
	}
	if v, answer := samplePlain(at.Field, cs); answer != Unsure {
		return v, answer
	}
	return s.sampleProduct(at.Field, cs)
}

// fewListed are so many values of a closed universe that an automaton takes longer.
const fewListed = 100

// sampleListed tries the values of a closed universe one by one, unless there are many
// and patterns that may leave out most of them.
func (s *Space) sampleListed(f Field, cs []constraint) (string, Answer) {
	tried := 0
	for v := range f.all {
		if holdAll(cs, v) {
			return v, Yes
		}
		if tried++; tried == fewListed && slices.ContainsFunc(cs, func(c constraint) bool { return !c.test.plain() }) {
			if v, answer := s.sampleProduct(f, cs); answer != Unsure {
				return v, answer
			}
		}
	}
	return "", No
}

// fixes reports whether the test holds for one value only.
func (t *test) fixes() bool {
	return (t.Op == Sole || t.Op == Exact && !t.Field.Many(t.Key)) && !t.Fold && !t.ofAuthority && !t.Field.address()
}

func exactly(u *universe, cs []constraint, v string) (string, Answer) {
	if u.has(v) && holdAll(cs, v) {
		return v, Yes
	}
	return "", No
}

// first tries values that are known to be enough.
func first(cs []constraint, values []string) (string, Answer) {
	for _, v := range values {
		if holdAll(cs, v) {
			return v, Yes
		}
	}
	return "", No
}

func tests(cs []constraint) []*test {
	out := make([]*test, len(cs))
	for i, c := range cs {
		out[i] = c.test
	}
	return out
}

// sampleMany looks for several values: for each test that must hold one of its
// own, and all outside the tests that must not.
func (s *Space) sampleMany(at attribute, cs []constraint) (string, Answer) {
	var must, not, alone []constraint
	for _, c := range cs {
		switch {
		case c.test.Op == Sole && c.want:
			return exactly(&universes[at.Field], cs, c.test.Value)
		case c.test.Op == Sole:
			alone = append(alone, c)
		case c.want:
			must = append(must, c)
		default:
			not = append(not, c)
		}
	}
	var values []string
	for _, c := range must {
		if len(values) > 0 && c.holds(strings.Join(values, Separator)) {
			continue
		}
		v, answer := s.sampleOne(at, append(not[:len(not):len(not)], c))
		if answer != Yes {
			return "", answer
		}
		values = append(values, v)
	}
	return s.accompany(at, values, not, alone)
}

// accompany adds values until there are some, and none stands alone that must not.
func (s *Space) accompany(at attribute, values []string, not, alone []constraint) (string, Answer) {
	for len(values) < 2 && (len(values) == 0 || !holdAll(alone, values[0])) {
		v, answer := s.sampleOne(at, append(not[:len(not):len(not)], alone...))
		if answer == No {
			v, answer = s.sampleOne(at, not)
		}
		if answer != Yes {
			return "", answer
		}
		values = append(values, v)
	}
	return strings.Join(values, Separator), Yes
}

// sampleProduct asks the automata.
func (s *Space) sampleProduct(f Field, cs []constraint) (string, Answer) {
	p := product{machines: []*machine{s.universe(f)}, want: []bool{true}, fuel: &s.fuel}
	for _, c := range cs {
		p.machines = append(p.machines, s.machine(c.test))
		p.want = append(p.want, c.want)
	}
	return p.find()
}
