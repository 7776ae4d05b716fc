package istio

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/place"
	"github.com/transmesh/transmesh/pkg/source"
)

// builtinProvider writes records to the proxy's output, in the form that MeshConfig says.
// pkg/config/mesh/mesh.go DefaultMeshConfig, pilot/pkg/model/telemetry_logging.go
const builtinProvider = "envoy"

// Where MeshConfig says what is recorded of which no Telemetry speaks.
var (
	meshLogFile      = place.Ref{Object: "MeshConfig", Path: "accessLogFile"}
	meshLogProviders = place.Ref{Object: "MeshConfig", Path: "defaultProviders.accessLogging"}
)

// silentProviders are the kinds of extensionProviders that write no records.
// pilot/pkg/model/telemetry_logging.go telemetryAccessLog
var silentProviders = []string{
	"envoyExtAuthzHttp", "envoyExtAuthzGrpc", "zipkin", "lightstep", "datadog", "skywalking", "opencensus", "opentelemetry", "prometheus", "sds",
}

// logs reads what is recorded.
// https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig
func (c *configuration) logs(n *source.Node) {
	l := &c.env.Istio.Logs
	l.Known = true
	if f := n.Get("accessLogFile"); f != nil {
		l.File = f.Str()
	}
	if e := n.Get("accessLogEncoding"); e != nil {
		l.JSON = e.Text() == "JSON" || e.Text() == "1"
	}
	if f := n.Get("accessLogFormat"); f != nil {
		l.Format = f.Str()
	}
	if s := n.Get("enableEnvoyAccessLogService"); s != nil {
		l.Service = s.Bool()
	}
	if d := n.Get("disableEnvoyListenerLog"); d != nil {
		l.NoRefused = d.Bool()
	}
	if d := n.Get("defaultProviders").Get("accessLogging"); d != nil {
		l.Default = stringsOf(d)
	}
	for _, p := range n.Get("extensionProviders").Items() {
		l.Providers = append(l.Providers, logProvider(p))
	}
}

// logProvider reads one of the providers.
func logProvider(p *source.Node) intent.IstioLogProvider {
	out := intent.IstioLogProvider{Name: p.Get("name").Str()}
	out.Sink.Provider = out.Name
	out.Silent = slices.ContainsFunc(silentProviders, func(kind string) bool { return p.GetNull(kind) != nil })
	file := p.Get("envoyFileAccessLog")
	if file == nil || file.Get("omitEmptyValues") != nil && file.Get("omitEmptyValues").Bool() {
		return out
	}
	out.Sink.Path = intent.LogStdout
	if path := file.Get("path"); path.Str() != "" {
		out.Sink.Path = path.Str()
	}
	format := file.Get("logFormat")
	out.Sink.Format = format.Get("text").Str()
	if labels := format.Get("labels"); labels != nil {
		out.Sink.JSON, out.Sink.Format = true, ""
		if !labels.IsEmpty() {
			out.Sink.Format = jsonOf(labels)
		}
	}
	return out
}

// jsonOf is the text of an object of JSON, with its keys sorted.
func jsonOf(n *source.Node) string {
	text, err := json.Marshal(jsonValue(n))
	if err != nil {
		panic("istio: a format is no JSON: " + err.Error())
	}
	return string(text)
}

func jsonValue(n *source.Node) any {
	switch {
	case n.Is(source.Map):
		out := map[string]any{}
		for _, e := range n.Entries() {
			out[e.Key] = jsonValue(e.Value)
		}
		return out
	case n.Is(source.List):
		var out []any
		for _, x := range n.Items() {
			out = append(out, jsonValue(x))
		}
		return out
	case n.IsBool():
		return n.Bool()
	case n.IsNumber():
		if f := n.Float(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
	}
	return n.Text()
}

// builtin is the provider that is there where MeshConfig has no other of its name.
func builtin(l intent.IstioLogs) intent.IstioLogProvider {
	return intent.IstioLogProvider{Name: builtinProvider, Sink: intent.LogSink{Provider: builtinProvider, Path: intent.LogStdout, JSON: l.JSON, Format: l.Format}}
}

// provider finds what a name stands for, whatever its letters' case, and whether it may be
// there: without MeshConfig any may.
// pilot/pkg/model/telemetry.go fetchProvider
func provider(l intent.IstioLogs, name string) (p intent.IstioLogProvider, there bool) {
	for _, p := range l.Providers {
		if strings.EqualFold(p.Name, name) {
			return p, true
		}
	}
	if strings.EqualFold(name, builtinProvider) {
		return builtin(l), true
	}
	return intent.IstioLogProvider{Name: name, Sink: intent.LogSink{Provider: name}}, !l.Known
}

// fallback is where records go that no Telemetry and no default provider has any go.
// pilot/pkg/networking/core/accesslog.go setHTTPAccessLog
func fallback(l intent.IstioLogs) []intent.LogSink {
	var out []intent.LogSink
	if l.File != "" {
		out = append(out, intent.LogSink{Path: l.File, JSON: l.JSON, Format: l.Format, Covers: covered(l), From: intent.From(meshLogFile)})
	}
	if l.Service {
		out = append(out, intent.LogSink{Provider: "enableEnvoyAccessLogService", From: intent.From(place.Ref{Object: "MeshConfig", Path: "enableEnvoyAccessLogService"})})
	}
	return out
}

// covered is what Istio's proxies have records of.
func covered(l intent.IstioLogs) intent.LogCover {
	if l.NoRefused {
		return intent.LogConnections
	}
	return intent.LogRefused
}
