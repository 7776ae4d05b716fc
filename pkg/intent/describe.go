package intent

import (
	"slices"
	"strings"
)

// Describe writes a block of a policy in a form in which equal texts mean equal
// effects: origins are left out.
func Describe(p Part) string {
	var out printer
	switch p := p.(type) {
	case *Balance:
		return balanceText(*p)
	case *Limits:
		return limitsText(p)
	case *Outlier:
		return outlierText(p)
	case *Timeout:
		return timeoutText(p)
	case *Retry:
		return retryText(p)
	case *RetryBudget:
		return strings.TrimSpace(budgetText(p))
	case *Originate:
		t := Transport{Side: Dialled, Originate: p}
		out.transport(&t)
	case *Entry:
		e := *p
		e.Name = Name{}
		e.Listeners = slices.Clone(e.Listeners)
		for i := range e.Listeners {
			if l := &e.Listeners[i]; l.Nameless() {
				l.Hosts = nil
			}
		}
		out.entry(&e)
	default:
		panic("intent: nothing describes this part")
	}
	return strings.TrimSpace(out.String())
}
