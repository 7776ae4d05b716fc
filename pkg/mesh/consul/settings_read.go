package consul

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// meshSettings is what the mesh entry says.
type meshSettings struct {
	object *source.Object
	// permissive says that services may accept plaintext, and allows is where.
	permissive bool
	allows     value
	// only is where it is said whether connections leave for what is no service.
	only value
}

// singleton finds the one object of a kind, whose name Consul fixes. Another name
// is refused, and so is a second one. As an entry, a mesh has no name, and is
// refused with one.
func (r *reader) singleton(kind, name string) *source.Object {
	var found *source.Object
	for _, o := range r.of(kind) {
		nameless := kind == kindMesh && o.Group() == ""
		switch {
		case nameless && o.Name != "":
			r.wrong(o, "an entry of kind mesh has no name")
		case !nameless && o.Name != name:
			r.wrong(o, "its name must be "+name)
		case found != nil:
			r.wrong(o, "there is a second "+kind, found.Ref())
		default:
			found = o
		}
	}
	return found
}

// readMesh reads what holds for all proxies.
func (r *reader) readMesh() {
	o := r.singleton(kindMesh, "mesh")
	if o == nil {
		r.mesh = &meshSettings{}
		return
	}
	spec := specOf(o)
	home := r.home(o)
	r.mesh = &meshSettings{object: o, allows: spec.get("allowEnablingPermissiveMutualTLS")}
	if v := r.mesh.allows; !v.missing() {
		r.mesh.permissive = v.boolean()
		v.Node.Skip("only allows other objects to say it")
	}
	if v := spec.get("validateClusters"); !v.missing() {
		v.boolean()
		v.Node.Skip("only tells Envoy to check its configuration")
	}
	r.mesh.only = spec.get("transparentProxy").get("meshDestinationsOnly")
	r.readTLS(o, spec.get("tls"))
	r.fields(o, spec, whyPeers, "peering")
	r.readHTTP(o, home, spec.get("http"))
}

// readHTTP reads how requests are normalised before intentions see them.
func (r *reader) readHTTP(o *source.Object, home *intent.Home, http value) {
	if http.missing() {
		return
	}
	r.fields(o, http, whyCertHeader, "sanitizeXForwardedClientCert")
	n := http.get("incoming").get("requestNormalization")
	form := intent.PathDots
	if n.get("mergeSlashes").boolean() {
		form = intent.PathMerged
	}
	switch v := n.get("pathWithEscapedSlashesAction"); v.text() {
	case "", "IMPLEMENTATION_SPECIFIC_DEFAULT", "KEEP_UNCHANGED":
	case "UNESCAPE_AND_REDIRECT", "UNESCAPE_AND_FORWARD":
		form = intent.PathFull
	case "REJECT_REQUEST":
		r.refuses(o, v, "requests with escaped slashes are refused")
	default:
		v.Node.Reject("is no action on escaped slashes")
	}
	if n.get("insecureDisablePathNormalization").boolean() {
		form = intent.PathRaw
	}
	switch v := n.get("headersWithUnderscoresAction"); v.text() {
	case "", "ALLOW":
	case "REJECT_REQUEST":
		r.refuses(o, v, "requests with underscores in names of headers are refused")
	case "DROP_HEADER":
		r.field(o, v, "headers with underscores in their names are taken off")
	default:
		v.Node.Reject("is no action on headers with underscores")
	}
	r.m.Baseline.Paths = form
	r.keepNormalization(o, home, n)
}

// keepNormalization lets the settings that the model holds as its form of paths,
// which has no origin, be told apart from those that nothing stems from.
func (r *reader) keepNormalization(o *source.Object, home *intent.Home, n value) {
	for _, key := range []string{"mergeSlashes", "pathWithEscapedSlashesAction", "insecureDisablePathNormalization", "headersWithUnderscoresAction"} {
		v := n.get(key)
		if v.missing() || opaqueAt(r.m, v.Node) {
			continue
		}
		v.Node.Skip("says how paths are normalised, by which rules are compared")
		r.diags.Add(diag.NotTranslated, v.Node.Ref().Path+" of "+o.Ref().Object+" holds for the whole mesh and is configured outside of manifests elsewhere", "normalise paths in the target in the same way", v.Node.Ref())
	}
}

func opaqueAt(m *intent.Model, n *source.Node) bool {
	for _, o := range m.Opaque {
		if o.At == n.Ref() {
			return true
		}
	}
	return false
}

// proxyDefaults is what holds for all services that say nothing else.
type proxyDefaults struct {
	object   *source.Object
	protocol string // "" is not said
	// local is the limit that proxies of services set to requests, and limit what
	// it says; nil is none said, 0 no limit.
	local value
	limit *time.Duration
	// bounds are what they keep to besides.
	bounds bounds
	modes
}

// modes is what services and the defaults of all say alike.
type modes struct {
	permissive, strict bool
	mutual             value
	// mode is "direct", "transparent", or "" where it is not said.
	mode string
}

// readModes reads the fields that both kinds share.
func (r *reader) readModes(o *source.Object, spec value) modes {
	m := modes{mutual: spec.get("mutualTLSMode"), mode: spec.get("mode").text()}
	switch m.mutual.text() {
	case "":
	case "permissive":
		m.permissive = true
	case "strict":
		m.strict = true
	default:
		m.mutual.Node.Reject("is neither strict nor permissive")
	}
	switch v := spec.get("mode"); m.mode {
	case "":
	case "direct", "transparent":
		if o.Group() == group {
			v.Node.Reject("cannot be said in a custom resource; pods say it by the annotation consul.hashicorp.com/transparent-proxy")
		}
		r.field(o, v, "how traffic gets to the proxy")
	default:
		v.Node.Reject("is neither direct nor transparent")
	}
	r.readTransparent(o, spec.get("transparentProxy"))
	r.fields(o, spec, whyOthers, "meshGateway")
	r.readExpose(o, spec.get("expose"))
	return m
}

// readExpose keeps paths that are served beside the mesh, on ports of their own, to
// everyone: in plaintext, and without asking intentions.
// agent/xds/listeners.go makeExposedCheckListener
func (r *reader) readExpose(o *source.Object, v value) {
	if v.missing() {
		return
	}
	op := r.field(o, v, "paths that are served beside the mesh, without intentions")
	op.Opens = v.get("checks").boolean() || len(v.get("paths").items()) > 0
	op.Instead = "let in who has to reach the paths, such as probes and scrapers, at the application's own port"
}

// readTransparent keeps how traffic gets to the proxy. Callers that dial an instance by
// its address pass its routes by, and do so by mutual TLS: intentions are asked.
// agent/xds/clusters.go makePassthroughClusters
func (r *reader) readTransparent(o *source.Object, v value) {
	if port := v.get("outboundListenerPort"); !port.missing() {
		port.count()
		if o.Group() == group {
			port.Node.Reject("cannot be said in a custom resource; pods say it by the annotation consul.hashicorp.com/transparent-proxy-outbound-listener-port")
		}
		r.field(o, port, "at which port the proxy takes what its service sends").Instead = "nothing: the target has a port of its own"
	}
	if direct := v.get("dialedDirectly"); direct.boolean() {
		r.field(o, direct, "callers may dial its instances by their addresses, past its routes").Instead = "have callers dial a headless Service where they need single instances"
	} else if !direct.missing() {
		direct.Node.Skip("says what holds anyway")
	}
}

// checkAccessLogs refuses what Consul's servers do.
// agent/structs/config_entry.go AccessLogsConfig.Validate
func checkAccessLogs(v value) {
	kind, path := v.get("type"), v.get("path")
	text, form := v.get("textFormat"), v.get("jsonFormat")
	switch {
	case !slices.Contains([]string{"", "stdout", "stderr", "file"}, kind.text()):
		kind.Node.Reject("is none of stdout, stderr and file")
	case kind.text() == "file" && path.text() == "":
		kind.Node.Reject("needs a path")
	case path.text() != "" && kind.text() != "file":
		path.Node.Reject("is for files only")
	case text.text() != "" && form.text() != "":
		form.Node.Reject("cannot stand beside textFormat")
	case form.text() != "" && !json.Valid([]byte(form.text())):
		form.Node.Reject("is not JSON")
	}
}

// readProxyDefaults reads the settings of all proxies.
func (r *reader) readProxyDefaults() {
	r.proxies = &proxyDefaults{}
	o := r.singleton(kindProxyDefaults, "global")
	if o == nil {
		return
	}
	spec := specOf(o)
	r.home(o)
	p := r.proxies
	p.object, p.modes = o, r.readModes(o, spec)
	r.accessLogs(o, spec.get("accessLogs"))
	r.failoverOrder(o, spec.get("failoverPolicy"))
	for _, v := range r.onlyEnterprise(spec, "prioritizeByLocality") {
		r.field(o, v, whyLocality)
	}
	for _, e := range spec.get("config").entries() {
		v := value{e.Value, true}
		switch e.Key {
		case "protocol":
			p.protocol = readProtocol(v)
			r.speaks(o, v, speech{"", anyName, p.protocol})
		case "local_request_timeout_ms":
			limit := time.Duration(v.count()) * time.Millisecond
			p.local, p.limit = v, &limit
			r.field(o, v, "how long the proxies of services let requests take")
		case "max_inbound_connections":
			p.bounds.accepts = r.boundOfAll(o, v)
		case "local_connect_timeout_ms":
			p.bounds.connects = r.boundOfAll(o, v)
		case "envoy_public_listener_json": // agent/xds/listeners.go makeInboundListener
			r.field(o, v, "a listener in place of the one that asks for intentions, with filters of its own").Security = true
		case "envoy_statsd_url", "envoy_dogstatsd_url", "envoy_stats_tags", "envoy_stats_flush_interval", "envoy_stats_config_json",
			"envoy_extra_stats_sinks_json", "envoy_tracing_json": // command/connect/envoy/bootstrap_config.go BootstrapConfig
			r.reports(o, v, "what proxies report")
		default:
			r.field(o, v, whyProxies)
		}
	}
	r.extensions(o, spec.get("envoyExtensions"), service{})
}

// boundOfAll reads what the proxies of all services keep to, which stays where it is said;
// missing is nothing, as it is by 0 and less.
// agent/xds/config/config.go ParseProxyConfig
func (r *reader) boundOfAll(o *source.Object, v value) value {
	if v.integer() <= 0 {
		v.Node.Skip(sameAsNone)
		return value{}
	}
	r.m.Opaque = append(r.m.Opaque, &intent.Opaque{
		Home: r.home(o), Mesh: Name, Kind: o.Kind, At: v.Node.Ref(), Whole: o, Held: true, Why: "what the proxies of services keep to", From: intent.From(v.Node.Ref()),
	})
	return v
}
