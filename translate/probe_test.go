package translate

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// probe is one line that a person wrote of what must happen to a request:
//
//	at shop app=cart:8080 GET /cart/1 as shop/web -> allow
//	to shop/cart:80 GET /foo x-canary=true -> app=cart-v2 1/10 + app=cart 9/10; linkerd: status 404
//
// "at" asks a workload for admission, "to" follows a request to a Service from
// the calling side, where a client of the mesh has an identity also if the line
// names none. In the place of "to", a word of probeParts asks for that part of the
// answer, one of probeSettings for what is set of connections to the Service, and
// "dials" how the caller secures them. In the place of "at", "rates" asks from what
// buckets a request draws, in order, and "takes" whom the listener for a host and
// port takes by their certificates. Answers behind ";"
// are those of single target meshes, where they may differ: a narrower answer, for
// example.
type probe struct {
	text    string
	request decide.Request
	subject *match.Request // of "at"
	part    string         // a word of probeParts, or "dials"; "" is where requests go
	want    string
	wantOf  map[string]string
}

// probeParts are the words that ask for one part of an answer.
var probeParts = map[string]intent.Aspect{
	"retries": intent.Retrying, "times": intent.Timing, "mirrors": intent.Mirrored, "faults": intent.Faulted, "rewrites": intent.Rewritten, "crosses": intent.Crossing,
}

// probeSettings are the words that ask for what callers do about a Service.
var probeSettings = map[string]func(*intent.Upstream) string{
	"balances": func(u *intent.Upstream) string { return described(u.Balance) },
	"limits":   func(u *intent.Upstream) string { return described(u.Limits) },
	"ejects":   func(u *intent.Upstream) string { return described(u.Outlier) },
	"budgets":  func(u *intent.Upstream) string { return described(u.RetryBudget) },
}

// described is "" for a part that is not set.
func described(p intent.Part) string {
	if reflect.ValueOf(p).IsNil() {
		return ""
	}
	return intent.Describe(p)
}

func parseProbe(line string) (probe, error) {
	ask, answers, ok := strings.Cut(line, " -> ")
	if !ok {
		return probe{}, fmt.Errorf("no answer in %q", line)
	}
	p := probe{text: line, wantOf: map[string]string{}}
	for i, a := range strings.Split(answers, ";") {
		a = strings.TrimSpace(a)
		if i == 0 {
			p.want = a
			continue
		}
		mesh, want, ok := strings.Cut(a, ": ")
		if !ok {
			return p, fmt.Errorf("no mesh in %q", a)
		}
		p.wantOf[mesh] = want
	}
	return p, p.parse(strings.Fields(ask))
}

func (p *probe) parse(words []string) error {
	at := &p.request.At
	at.Set(match.Protocol, "", "http").Set(match.Method, "", "GET").Set(match.Path, "", "/").Set(match.Scheme, "", "http")
	if word := words[0]; word == "dials" || word == "takes" || probeParts[word] != "" || probeSettings[word] != nil {
		p.part, words[0] = word, "to"
	}
	switch {
	case len(words) > 2 && (words[0] == "at" || words[0] == "rates"):
		p.part = strings.TrimPrefix(words[0], "at")
		p.subject = at
		labels, port, _ := strings.Cut(words[2], ":")
		at.Set(match.Namespace, "", words[1]).Set(match.Port, "", port)
		for _, l := range strings.Split(labels, ",") {
			k, v, _ := strings.Cut(l, "=")
			at.Set(match.Label, k, v)
		}
		words = words[3:]
	case len(words) > 1 && words[0] == "to":
		if err := p.address(words[1]); err != nil {
			return err
		}
		if !slices.Contains(words, "as") && !slices.Contains(words, "through") {
			p.client("elsewhere", "caller")
		}
		words = words[2:]
	default:
		return fmt.Errorf("%q asks neither \"at\" nor \"to\"", p.text)
	}
	return p.attributes(words)
}

func (p *probe) address(s string) error {
	host, port, _ := strings.Cut(s, ":")
	n, err := strconv.Atoi(port)
	if err != nil {
		return fmt.Errorf("%q has no port", s)
	}
	p.request.Port = n
	at := &p.request.At
	if ns, name, ok := strings.Cut(host, "/"); ok {
		p.request.Host = intent.Host{Service: intent.Name{Namespace: ns, Name: name}}
		at.Set(match.Host, "", name+"."+ns+".svc.cluster.local").Set(match.Authority, "", name)
		return nil
	}
	p.request.Host = intent.Host{DNS: host}
	at.Set(match.Host, "", host).Set(match.Authority, "", host)
	return nil
}

func (p *probe) attributes(words []string) error {
	at := &p.request.At
	for len(words) > 0 {
		w := words[0]
		words = words[1:]
		switch {
		case w == "tcp":
			at.Set(match.Protocol, "", "tcp")
			for _, f := range []match.Field{match.Method, match.Path, match.Scheme} {
				at.Unset(f, "")
			}
		case w == strings.ToUpper(w) && !strings.ContainsAny(w, "/=."):
			at.Set(match.Method, "", w)
		case strings.HasPrefix(w, "/"):
			p.path(w)
		case w == "as" && len(words) > 0:
			p.identity(words[0])
			words = words[1:]
		case w == "account" && len(words) > 0: // of the workload that is asked
			at.Set(match.Account, "", words[0])
			words = words[1:]
		case w == "from" && len(words) > 0:
			at.Set(match.ClientIP, "", words[0])
			words = words[1:]
		case w == "ip" && len(words) > 0: // of what is dialled outside
			at.Set(match.DestIP, "", words[0])
			words = words[1:]
		case w == "remote" && len(words) > 0:
			at.Set(match.RemoteIP, "", words[0])
			words = words[1:]
		case w == "sni" && len(words) > 0:
			at.Set(match.SNI, "", words[0])
			words = words[1:]
		case w == "host" && len(words) > 0:
			name, _, _ := strings.Cut(words[0], ":")
			at.Set(match.Authority, "", words[0]).Set(match.Host, "", strings.ToLower(name))
			words = words[1:]
		case w == "through" && len(words) > 0:
			ns, name, _ := strings.Cut(words[0], "/")
			p.request.Entry = intent.Name{Namespace: ns, Name: name}
			words = words[1:]
		case w == "token" && len(words) > 0:
			p.token(words[0])
			words = words[1:]
		case w == "for" && len(words) > 0:
			at.Set(match.Token, "audience", words[0])
			words = words[1:]
		case strings.Contains(w, "="):
			k, v, _ := strings.Cut(w, "=")
			at.Set(match.Header, k, v)
		default:
			return fmt.Errorf("%q: what is %q?", p.text, w)
		}
	}
	return nil
}

// identity is namespace/account, trust-domain/namespace/account, or a SPIFFE name
// that tells neither, as workloads outside of clusters have.
func (p *probe) identity(w string) {
	if name, ok := strings.CutPrefix(w, "spiffe://"); ok {
		trust, _, _ := strings.Cut(name, "/")
		p.request.At.Set(match.ClientTrust, "", trust).Set(match.ClientIdentity, "", name)
		return
	}
	words := strings.Split(w, "/")
	if len(words) != 3 {
		p.client(words[0], strings.Join(words[1:], "/"))
		return
	}
	p.client(words[1], words[2])
	p.request.At.Set(match.ClientTrust, "", words[0]).Set(match.ClientIdentity, "", words[0]+"/ns/"+words[1]+"/sa/"+words[2])
}

func (p *probe) client(namespace, account string) {
	at := &p.request.At
	at.Set(match.ClientNamespace, "", namespace).Set(match.ClientAccount, "", account).Set(match.ClientTrust, "", "cluster.local")
	at.Set(match.ClientIdentity, "", "cluster.local/ns/"+namespace+"/sa/"+account)
}

func (p *probe) path(w string) {
	path, query, queried := strings.Cut(w, "?")
	p.request.At.Set(match.Path, "", path)
	if queried {
		p.request.At.Set(match.Query, "", query)
	}
	for _, q := range strings.Split(query, "&") {
		if k, v, ok := strings.Cut(q, "="); ok {
			p.request.At.Set(match.Query, k, v)
		}
	}
}

// token is "bad", or issuer/subject of a good one.
func (p *probe) token(w string) {
	if w == "bad" {
		p.request.Token = decide.BadToken
		return
	}
	p.request.Token = decide.GoodToken
	i := strings.LastIndexByte(w, '/')
	p.request.At.Set(match.Token, "principal", w).Set(match.Token, "issuer", w[:i]).Set(match.Token, "subject", w[i+1:])
}

// judge asks a model, and writes the answer as probes do.
func (p *probe) judge(m *intent.Model) string {
	if p.part == "rates" {
		return ratesText(decide.Rates(m, p.subject, p.request.Token))
	}
	if p.subject != nil {
		return admissionText(decide.Admit(m, p.subject, p.request.Token))
	}
	if p.part == "dials" {
		return p.dials(m)
	}
	if p.part == "takes" {
		return p.takes(m)
	}
	if part := probeSettings[p.part]; part != nil {
		return p.setting(m, part)
	}
	o := decide.Run(m, p.request)
	if p.part != "" {
		return partText(o.Parts[probeParts[p.part]])
	}
	switch {
	case o.Status == 500 || o.Status == 503:
		return "fails"
	case o.Status != 0:
		return "status " + strconv.Itoa(o.Status)
	}
	var legs []string
	for _, l := range o.Legs {
		name := l.Endpoints
		if _, labels, ok := strings.Cut(name, " with "); ok {
			name = labels
		}
		if l.Sum != l.Weight {
			d := gcd(l.Weight, l.Sum)
			name += fmt.Sprintf(" %d/%d", l.Weight/d, l.Sum/d)
		}
		if !l.Admission.Allowed {
			name += " deny"
		}
		legs = append(legs, name)
	}
	slices.Sort(legs)
	if len(legs) == 0 {
		return "nowhere"
	}
	return strings.Join(legs, " + ")
}

// dials finds how the caller secures connections to a host: the first fact that
// is about it, for the caller.
func (p *probe) dials(m *intent.Model) string {
	for _, t := range m.Transport {
		about := t.Host == (intent.Host{}) || t.Host == p.request.Host
		if t.Side == intent.Dialled && about && t.SubsetName == "" && (t.Port == 0 || t.Port == p.request.Port) && match.Eval(t.Scope.Client, &p.request.At) {
			return t.Mode.String()
		}
	}
	return intent.Auto.String()
}

// takes finds the listener for a host, and says whom it takes.
func (p *probe) takes(m *intent.Model) string {
	for _, e := range m.Entries {
		for _, l := range e.Listeners {
			if e.Name == p.request.Entry && l.Port == p.request.Port && (len(l.Hosts) == 0 || slices.Contains(l.Hosts, p.request.Host.DNS)) {
				return takenText(l.TLS)
			}
		}
	}
	return "nobody"
}

func takenText(t *intent.ListenerTLS) string {
	switch {
	case t != nil && t.Mode != intent.TLSEnds:
		return string(t.Mode)
	case t == nil || t.Clients == nil || t.Clients.Optional && t.Clients.Unchecked:
		return "anybody"
	case t.Clients.Unchecked:
		return "with any certificate"
	case t.Clients.Optional:
		return "with a valid certificate or none"
	}
	return "with a valid certificate"
}

// setting finds what the first facts about a host that are for the caller set.
func (p *probe) setting(m *intent.Model, part func(*intent.Upstream) string) string {
	for _, u := range m.Upstream {
		about := u.Host == p.request.Host && u.SubsetName == "" && (u.Port == 0 || u.Port == p.request.Port)
		if text := part(u); about && text != "" && match.Eval(u.Scope.Client, &p.request.At) {
			return text
		}
	}
	return "none"
}

// partText is a part without what retries do not say.
func partText(s string) string {
	s, _, _ = strings.Cut(s, " per try - backoff - hosts - localities -")
	if s == "" {
		return "none"
	}
	return strings.ReplaceAll(s, "pods of ", "")
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func ratesText(limits []*intent.RateLimit) string {
	var parts []string
	for _, l := range limits {
		parts = append(parts, l.Text())
	}
	if len(parts) == 0 {
		return "unlimited"
	}
	return strings.Join(parts, " + ")
}

func admissionText(a decide.Admission) string {
	switch {
	case !a.Allowed:
		return "deny"
	case len(a.Asks) > 0:
		return "ask " + strings.Join(a.Asks, ",")
	}
	return "allow"
}
