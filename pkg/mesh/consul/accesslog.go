package consul

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/legal"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/pkg/source"
)

// logTypes are where records go, by type; a file has a path of its own.
// agent/structs/config_entry.go AccessLogsConfig
var logTypes = map[string]string{"": intent.LogStdout, "stdout": intent.LogStdout, "stderr": intent.LogStderr}

// logForm is how Consul records traffic: all proxies record what they take and send, in JSON
// unless a format of text is said.
// agent/xds/accesslogs/accesslogs.go
var logForm = legal.LogForm{
	Own: func(intent.Environment) intent.LogSink {
		return intent.LogSink{Path: intent.LogStdout, JSON: true, Covers: intent.LogRefused}
	},
	Side: intent.LogBoth,
	Rest: "turn on accessLogs of ProxyDefaults, if all workloads may be recorded, or the extension builtin/otel-access-logging of a service",
	Fix:  "nothing, or see that what collects and reads the records knows these",
}

// accessLogs lifts what all proxies record.
func (r *reader) accessLogs(o *source.Object, v value) {
	if v.missing() {
		return
	}
	checkAccessLogs(v)
	l := &intent.AccessLog{Home: r.home(o), Side: intent.LogBoth, From: intent.From(v.Node.Ref())}
	r.m.Logs = append(r.m.Logs, l)
	kind, path, text, form, quiet := v.get("type"), v.get("path"), v.get("textFormat"), v.get("jsonFormat"), v.get("disableListenerLogs")
	if !v.get("enabled").boolean() {
		for _, x := range []value{kind, path, text, form, quiet} {
			if !x.missing() {
				x.Node.Inert("nothing is recorded")
			}
		}
		return
	}
	s := intent.LogSink{Path: cmp.Or(logTypes[kind.text()], path.text()), JSON: text.text() == "", Format: cmp.Or(text.text(), form.text()), Covers: intent.LogRefused, From: l.From}
	if s.Format == ownText {
		s.Format = ""
	}
	if quiet.boolean() {
		s.Covers = intent.LogConnections
	}
	l.To = []intent.LogSink{s}
}

// writeAccessLogs says what all proxies record.
func (w *writer) writeAccessLogs(spec *manifest.Node, l *intent.AccessLog) {
	n := manifest.Map().Because(l.From...)
	spec.Set("accessLogs", n.Set("enabled", manifest.Bool(len(l.To) > 0)))
	if len(l.To) == 0 {
		return
	}
	s := l.To[0]
	if s.Covers == intent.LogConnections {
		n.Set("disableListenerLogs", manifest.Bool(true))
	}
	switch s.Path {
	case intent.LogStdout:
	case intent.LogStderr:
		n.Set("type", manifest.Str("stderr"))
	default:
		n.Set("type", manifest.Str("file")).Set("path", manifest.Str(s.Path))
	}
	switch {
	case s.JSON && s.Format != "":
		n.Set("jsonFormat", manifest.Str(s.Format))
	case !s.JSON:
		n.Set("textFormat", manifest.Str(cmp.Or(s.Format, ownText)))
	}
}

// ownText is the line that Envoy writes by itself, for sources that record their own text:
// without a format, Consul's proxies record JSON.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#default-format-string
const ownText = `[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"`

// allRecorded is the fact about all proxies; nil is none.
func (w *writer) allRecorded() *intent.AccessLog {
	i := slices.IndexFunc(w.m.Logs, func(l *intent.AccessLog) bool { return match.IsTrue(l.Scope.Subject) })
	if i < 0 {
		return nil
	}
	return w.m.Logs[i]
}

func allWorkloads(p intent.Part) string {
	if l, ok := p.(*intent.AccessLog); ok && !match.IsTrue(match.Simplify(l.Scope.Subject)) {
		return "accessLogs are those of all proxies"
	}
	return ""
}

func bothSides(p intent.Part) string {
	if l, ok := p.(*intent.AccessLog); ok && l.Side != intent.LogBoth {
		return "proxies record what they take and send"
	}
	return ""
}

func toPath(p intent.Part) string {
	if s, ok := p.(*intent.LogSink); ok && s.Named() {
		return "what provider " + s.Provider + " is stands in no manifest of the input"
	}
	return ""
}

func withConnections(p intent.Part) string {
	if s, ok := p.(*intent.LogSink); ok && s.Covers == intent.LogRequests {
		return "connections are recorded where requests are"
	}
	return ""
}
