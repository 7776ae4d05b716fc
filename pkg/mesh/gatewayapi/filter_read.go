package gatewayapi

import (
	"cmp"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// The types of filters with the key that holds their settings.
var filterKeys = map[string]string{
	"RequestHeaderModifier":  "requestHeaderModifier",
	"ResponseHeaderModifier": "responseHeaderModifier",
	"RequestMirror":          "requestMirror",
	"RequestRedirect":        "requestRedirect",
	"URLRewrite":             "urlRewrite",
	"CORS":                   "cors",
	"ExternalAuth":           "externalAuth",
	"ExtensionRef":           "extensionRef",
}

// filterTypes of either kind of route, in the order of the API.
var (
	filterTypesHTTP = []string{"RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "RequestRedirect", "URLRewrite", "CORS", "ExternalAuth", "ExtensionRef"}
	filterTypesGRPC = []string{"RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "ExtensionRef"}
)

// filtered is what the filters of one rule or backend ask for.
type filtered struct {
	steps    []intent.Step
	redirect *intent.Redirect
	// byPrefix says that a filter replaces the matched prefix, given in prefix.
	byPrefix *source.Node
	// host is the header that says the authority, as far as the implementation takes it
	// so; hostname that of a URLRewrite. nil are none.
	host, hostname *source.Node
	// fails is the filter because of which requests fail, or nil; guards are all that
	// may keep requests out, of workloads that the caller knows.
	fails  *source.Node
	guards []*intent.Opaque
}

// filters reads a list of filters; prefix is the one path prefix that the rule
// matches, or "".
func (r *routeReader) filters(n *source.Node, at FilterPlace, prefix string) filtered {
	var f filtered
	seen := map[string]bool{}
	for _, item := range atMost(n, 16) {
		kind := enum(item.Get("type"), r.filterTypes()...)
		key, known := filterKeys[kind]
		if !known {
			item.Reject("has no type")
			continue
		}
		if seen[kind] && kind != "RequestMirror" && kind != "ExtensionRef" && kind != "ExternalAuth" {
			item.Reject("repeats a filter that cannot be repeated")
		}
		seen[kind] = true
		onlyOfItsType(item, kind)
		settings := item.Get(key)
		if settings == nil {
			item.Reject("has no " + key)
			continue
		}
		r.filter(&f, kind, settings, at, prefix)
	}
	if seen["RequestRedirect"] && seen["URLRewrite"] {
		n.Reject("has both a redirect and a rewrite")
	}
	r.settleAuthority(&f)
	if f.byPrefix != nil && prefix == "" {
		f.byPrefix.Reject("replaces a prefix, but the rule does not match exactly one PathPrefix")
	}
	return f
}

// onlyOfItsType rejects settings of other types, as the API server does.
func onlyOfItsType(filter *source.Node, kind string) {
	for _, e := range filter.Entries() {
		for other, key := range filterKeys {
			if key == e.Key && other != kind {
				e.Value.Reject("stands in a filter of type " + kind)
			}
		}
	}
}

func (r *routeReader) filterTypes() []string {
	if r.route.Protocol == intent.GRPC {
		return filterTypesGRPC
	}
	return filterTypesHTTP
}

// filter reads one filter, as far as the implementation heeds it.
func (r *routeReader) filter(f *filtered, kind string, n *source.Node, at FilterPlace, prefix string) {
	checkGuard(kind, n)
	switch r.d.filter(r.route.Object.Kind, kind, at) {
	case FilterWorks:
		r.working(f, kind, n, prefix)
	case FilterKillsRoute:
		n.MarkRead()
		r.kill(n, "filter "+kind+" makes the whole route ineffective")
	case FilterFailsBackend, FilterFailsRule:
		f.guards = append(f.guards, r.keepWhole(n, "filter "+kind+" is not supported: requests fail"))
		f.fails = n
	case FilterIgnored:
		n.MarkRead()
		r.inert(n, "filter "+kind+" has no effect")
	default:
		panic("gatewayapi: unknown fate of a filter")
	}
}

func (r *routeReader) working(f *filtered, kind string, n *source.Node, prefix string) {
	switch kind {
	case "RequestHeaderModifier":
		r.authority(f, n)
		f.steps = append(f.steps, r.headers(n, intent.OnRequest)...)
	case "ResponseHeaderModifier":
		f.steps = append(f.steps, r.headers(n, intent.OnResponse)...)
	case "RequestMirror":
		f.steps = append(f.steps, r.mirror(n))
	case "RequestRedirect":
		f.redirect = readRedirect(f, n, prefix)
	case "URLRewrite":
		f.hostname = n.Get("hostname")
		f.steps = append(f.steps, intent.Rewrite{
			Path: readPathModifier(f, n.Get("path"), prefix), Host: formHost.read(n.Get("hostname")), From: intent.From(n.Ref()),
		})
	case "CORS":
		f.steps = append(f.steps, readCORS(n))
	case "ExternalAuth", "ExtensionRef":
		guard := r.keepWhole(n, "filter "+kind+" may keep requests out; the rule is treated as failing")
		if kind == "ExternalAuth" {
			guard.Purpose = intent.Asking
		}
		f.guards = append(f.guards, guard)
		f.fails = n
	default:
		panic("gatewayapi: unknown filter")
	}
}

// headerLists are the keys of a header filter.
var headerLists = map[intent.HeaderOp]string{intent.SetHeader: "set", intent.AddHeader: "add", intent.RemoveHeader: "remove"}

func (r *routeReader) headers(n *source.Node, on intent.Message) []intent.Step {
	var steps []intent.Step
	for _, op := range r.d.headerOrder() {
		seen := map[string]bool{}
		for _, item := range atMost(n.Get(headerLists[op]), 16) {
			h := intent.Headers{On: on, Op: op, From: intent.From(item.Ref())}
			if op == intent.RemoveHeader {
				h.Name = strings.ToLower(item.Str())
			} else {
				h.Name, h.Value = strings.ToLower(formHeader.need(item, "name")), formValue.need(item, "value")
			}
			if r.sayAuthority(h) {
				continue
			}
			if seen[h.Name] {
				r.inert(item, "an earlier entry has the same name")
				continue
			}
			seen[h.Name] = true
			steps = append(steps, h)
		}
	}
	return steps
}

func readRedirect(f *filtered, n *source.Node, prefix string) *intent.Redirect {
	to := &intent.Redirect{
		Scheme: enum(n.Get("scheme"), "http", "https"), Host: formHost.read(n.Get("hostname")),
		Path: readPathModifier(f, n.Get("path"), prefix), Port: port(n.Get("port")),
		Status: cmp.Or(n.Get("statusCode").Int(), 302), From: intent.From(n.Ref()),
	}
	switch to.Status {
	case 301, 302, 303, 307, 308:
	default:
		n.Get("statusCode").Reject("is not one of 301, 302, 303, 307, 308")
	}
	n.Kind()
	return to
}

func readPathModifier(f *filtered, n *source.Node, prefix string) *intent.PathRewrite {
	if n == nil {
		return nil
	}
	kind := enum(n.Get("type"), "ReplaceFullPath", "ReplacePrefixMatch")
	full, part := n.Get("replaceFullPath"), n.Get("replacePrefixMatch")
	switch {
	case kind == "ReplaceFullPath" && full != nil && part == nil:
		return &intent.PathRewrite{Kind: intent.FullPath, Replace: full.Str()}
	case kind == "ReplacePrefixMatch" && part != nil && full == nil:
		f.byPrefix = n
		return &intent.PathRewrite{Kind: intent.SegmentPrefix, Match: prefix, Replace: part.Str()}
	}
	n.Reject("does not hold the one value that its type needs")
	return nil
}
