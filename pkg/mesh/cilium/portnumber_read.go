package cilium

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// portName reports whether a text is the name of a port. One that is none is a
// number in one of Go's notations.
// cilium pkg/iana/svcname.go
func portName(text string) bool {
	return len(text) <= 15 && portNames.MatchString(text) && strings.ContainsFunc(text, unicode.IsLetter)
}

var portNames = regexp.MustCompile(`^[0-9A-Za-z]+(-[0-9A-Za-z]+)*$`)

// port reads one port or range, as far as it is of TCP; see carry for the rest.
// cilium pkg/policy/api/l4.go
func (p *policyReader) port(pods, n *source.Node, effect intent.Effect) match.Expr {
	tcp, rest := carried(n)
	if !tcp && n.Get("port") == nil && rest != "UDP" && rest != "SCTP" {
		p.carry(n, tcp, rest, true)
		return match.False
	}
	if port := n.Get("port"); portName(port.Text()) {
		p.notRange(n.Get("endPort"))
		p.carry(n, tcp, rest, false)
		if tcp {
			return p.namedPort(pods, port, effect)
		}
		return match.False
	}
	at, ok := p.numbered(n)
	if !ok {
		return match.False
	}
	p.carry(n, tcp, rest, match.IsTrue(at))
	if !tcp {
		return match.False
	}
	return at
}

// numbered reads a port by its number, or a range.
func (p *policyReader) numbered(n *source.Node) (at match.Expr, ok bool) {
	end := n.Get("endPort")
	number, err := strconv.ParseUint(n.Get("port").Text(), 0, 16)
	first := int(number)
	switch {
	case n.Get("port") == nil:
		n.Reject("has no port")
		return nil, false
	case err != nil:
		n.Get("port").Reject("is not a port number, or the name of a port")
		return nil, false
	case end == nil, end.Int() <= first, first == 0:
		p.notRange(end)
		end = nil
	}
	last := first
	if end != nil {
		last = end.Int()
	}
	switch {
	case last > lastPort:
		end.Reject("is not a port number")
		return nil, false
	case first == 0:
		return match.True, true
	}
	return portRange(first, last, n.Get("port")), true
}

// notRange tells of the end of a range that Cilium does not take for one: the port
// is meant by itself, or all where it is 0.
// cilium pkg/policy/l4.go keysForRange
func (p *policyReader) notRange(end *source.Node) {
	if end != nil && end.Int() != 0 {
		p.inert(end, "a range ends at a number above its first port, which is not 0 or a name: the port is taken by itself")
	}
}

// namedPort resolves a name by the workloads of the input.
func (p *policyReader) namedPort(pods, n *source.Node, effect intent.Effect) match.Expr {
	name := strings.ToLower(n.Text())
	if pods == nil {
		p.rest = append(p.rest, unmodelled{"names of ports that others dial are not translated", n.Ref()})
		if effect == intent.Deny {
			return match.True
		}
		return match.False
	}
	numbers, all := p.portNumbers(p.selector(pods, called, p.ns, true, true), name)
	var or match.Or
	for _, number := range numbers {
		or = append(or, match.Atom{Field: match.Port, Value: number, Ref: new(n.Ref())})
	}
	switch {
	case len(or) == 1 && all, len(or) > 0 && effect == intent.Deny:
		return match.Simplify(or)
	case len(or) == 0:
		p.note(diag.NeedsInventory, "no workload of the input has a port named "+name, "add the workload, or write the number", n.Ref())
	default:
		p.note(diag.NotTranslated, "the port "+name+" is not the same in all workloads", "write a policy for each, or the number", n.Ref())
	}
	if effect == intent.Deny {
		return match.True
	}
	p.rest = append(p.rest, unmodelled{"the port " + name + " is not known, or is several", n.Ref()})
	return match.False
}

// portNumbers are the numbers, sorted, of a port's name at the workloads of the
// input that a predicate covers; all says that each of them has it.
func (p *policyReader) portNumbers(subject match.Expr, name string) (numbers []string, all bool) {
	all = true
	for _, w := range p.in.Inventory.Workloads {
		if !selects(subject, w) {
			continue
		}
		i := slices.IndexFunc(w.Ports, func(port intent.WorkloadPort) bool { return strings.EqualFold(port.Name, name) })
		if i < 0 {
			all = false
			continue
		}
		numbers = append(numbers, strconv.Itoa(w.Ports[i].Port))
	}
	slices.Sort(numbers)
	return slices.Compact(numbers), all
}

// selects reports whether a predicate on subjects covers a workload.
func selects(subject match.Expr, w *intent.Workload) bool {
	var at match.Request
	at.Set(match.Namespace, "", w.Name.Namespace).Set(match.Account, "", w.Account)
	for _, l := range w.Labels {
		at.Set(match.Label, l.Key, l.Value)
	}
	return match.Eval(subject, &at)
}
