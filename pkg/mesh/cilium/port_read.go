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

// ports reads toPorts: each with what it lets pass of requests. What is not
// understood of a port lets nothing pass; in a denial it keeps all out.
func (p *policyReader) ports(pods, list *source.Node, side intent.Side, effect intent.Effect) match.Expr {
	var or match.Or
	for _, n := range list.Items() {
		together(n, side)
		one, requests := p.portList(pods, n, effect), p.requests(n)
		if effect == intent.Allow {
			one = match.Conj(one, requests, serverNamed(n, side))
		}
		for _, key := range []string{"serverNames", "terminatingTLS", "originatingTLS", "listener"} {
			if x := n.Get(key); x != nil && (key != "serverNames" || side == intent.Served) {
				x.MarkRead()
				p.rest = append(p.rest, unmodelled{key + " of ports is not translated", x.Ref()})
				if effect == intent.Allow {
					one = match.False // it may restrict what passes
				}
			}
		}
		or = append(or, one)
	}
	return match.Simplify(or)
}

// serverNamed holds for connections of TLS for servers that rules name; what is let in
// is not told apart by them.
func serverNamed(n *source.Node, side intent.Side) match.Expr {
	names := n.Get("serverNames").Items()
	if side == intent.Served || len(names) == 0 {
		return match.True
	}
	var or match.Or
	for _, name := range names {
		or = append(or, nameExpr(match.SNI, name))
	}
	return match.Simplify(or)
}

// together rejects what Cilium refuses of an entry of toPorts for what stands beside
// it.
// cilium pkg/policy/api/rule_validation.go
func together(n *source.Node, side intent.Side) {
	rules, listener := n.Get("rules"), n.Get("listener")
	var dns *source.Node
	if len(rules.Get("dns").Items()) > 0 {
		dns = rules.Get("dns")
	}
	if side == intent.Served {
		listener.Reject("is not for what is let in, which Cilium refuses")
		dns.Reject("is not for what is let in, which Cilium refuses")
	}
	if len(rules.Get("http").Items()) > 0 || dns != nil {
		listener.Reject("stands beside rules for requests, which Cilium refuses")
		if n.Get("terminatingTLS") == nil {
			n.Get("serverNames").Reject("stands beside rules for requests without terminatingTLS, which Cilium refuses")
		}
	}
	ports := n.Get("ports").Items()
	if len(ports) == 0 {
		dns.Reject("is for ports that are listed")
	}
	for _, p := range ports {
		if end := p.Get("endPort"); dns != nil && end.Int() != 0 {
			end.Reject("stands beside rules for DNS, which are for single ports")
		}
	}
}

// portList reads the ports of one entry. None is no port, so that the entry is
// about nothing: Cilium makes a rule for each port that is listed.
// cilium pkg/policy/rule.go mergeIngress
func (p *policyReader) portList(pods, entry *source.Node, effect intent.Effect) match.Expr {
	list := entry.Get("ports")
	if len(list.Items()) == 0 {
		list.Kind()
		p.inert(entry, "an entry of toPorts without ports is about no port")
		return match.False
	}
	if len(list.Items()) > maxPorts {
		list.Reject("lists more than " + strconv.Itoa(maxPorts) + " ports, which Cilium refuses")
	}
	var or match.Or
	for _, n := range list.Items() {
		or = append(or, p.port(pods, n, effect))
	}
	return match.Simplify(or)
}

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

// fewPorts are listed one by one.
const fewPorts = 64

// portRange is a range of ports: listed, or as what it leaves out, or as numbers
// by their digits.
func portRange(first, last int, n *source.Node) match.Expr {
	is := func(port int) match.Atom {
		return match.Atom{Field: match.Port, Value: strconv.Itoa(port), Ref: new(n.Ref())}
	}
	switch {
	case first == 1 && last == lastPort:
		return match.True
	case last-first < fewPorts:
		var or match.Or
		for port := first; port <= last; port++ {
			or = append(or, is(port))
		}
		return match.Simplify(or)
	case first-1+lastPort-last <= fewPorts:
		var and match.And
		for port := 1; port <= lastPort; port++ {
			if port < first || port > last {
				and = append(and, match.Not{X: is(port)})
			}
		}
		return match.Simplify(and)
	}
	return match.Atom{Field: match.Port, Op: match.Regex, Value: rangePattern(first, last), Ref: new(n.Ref())}
}

// rangePattern is a regular expression for the numbers of a range, in decimal.
func rangePattern(first, last int) string {
	var parts []string
	for lo := first; lo <= last; {
		// The longest run from lo on in which the last digits run free.
		size := 1
		for lo%(size*10) == 0 && lo+size*10-1 <= last {
			size *= 10
		}
		digits := min(9-lo/size%10, (last-lo+1)/size-1)
		prefix := ""
		if head := lo / (size * 10); head > 0 {
			prefix = strconv.Itoa(head)
		}
		from := lo / size % 10
		parts = append(parts, prefix+"["+strconv.Itoa(from)+"-"+strconv.Itoa(from+digits)+"]"+strings.Repeat("[0-9]", len(strconv.Itoa(size))-1))
		lo += (digits + 1) * size
	}
	return strings.Join(parts, "|")
}

// rangeOf is the range that an expression of rangePattern stands for.
func rangeOf(a match.Atom) (first, last int, ok bool) {
	if a.Op != match.Regex || a.Fold {
		return 0, 0, false
	}
	parts := strings.Split(a.Value, "|")
	first, errFirst := strconv.Atoi(classEnds.ReplaceAllString(parts[0], "$1"))
	last, errLast := strconv.Atoi(classEnds.ReplaceAllString(parts[len(parts)-1], "$2"))
	if errFirst != nil || errLast != nil || first < 1 || last > lastPort {
		return 0, 0, false
	}
	return first, last, rangePattern(first, last) == a.Value
}

// classEnds are the ends of a class of digits.
var classEnds = regexp.MustCompile(`\[([0-9])-([0-9])\]`)
