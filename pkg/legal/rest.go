package legal

import "github.com/transmesh/transmesh/pkg/intent"

// rest makes what a table does with unmatched requests its last rule, for
// targets that rank rules: there it is a rule like any other, and must be ranked
// behind them. The 404 of ranked targets stays.
func rest(r *run) {
	if r.t.Route.Prefers == nil {
		return
	}
	for _, t := range r.m.Routing {
		if a, ok := t.Else.(intent.Respond); t.Else == nil || ok && a.Status == 404 {
			continue
		}
		last := intent.Rule{Then: t.Else, From: t.From}
		if len(t.Rules) > 0 {
			last.Home = t.Rules[len(t.Rules)-1].Home
		}
		t.Rules = append(t.Rules, last)
		t.Else = intent.Respond{Status: 404}
	}
}
