package intent

import (
	"encoding/json"
	"slices"
	"strings"
)

// AccessLog says what the proxies of the workloads in Scope.Subject (Client is unused)
// write of the traffic that they carry: a record of each request, or of each connection
// that is not of HTTP.
//
// Of a workload and a side the first fact that covers both decides; where none does,
// nothing is written.
type AccessLog struct {
	Home  *Home
	Scope Scope
	Side  LogSide
	// To is where records go, each of them to all; nil is that none is written.
	To   []LogSink
	From Origin
}

// LogSide is of which traffic of a workload a proxy writes records; sides add up.
type LogSide uint8

const (
	// LogServed is what workloads take.
	LogServed LogSide = 1 << iota
	// LogSent is what they send; gateways send all that comes through them.
	LogSent

	LogBoth = LogServed | LogSent
)

// String names a side.
func (s LogSide) String() string {
	return [...]string{"nothing", "what is taken", "what is sent", "what is taken and sent"}[s]
}

// The paths of a proxy's standard streams, which are in the log of its container.
const (
	LogStdout = "/dev/stdout"
	LogStderr = "/dev/stderr"
)

// LogSink is where records go, and in which form.
type LogSink struct {
	// Provider is the name under which the mesh's installation says where records go and
	// how; "" is none. Where Path is set it is known what it stands for, and the name is
	// no part of the meaning; where it is not, nothing more is known.
	Provider string
	// Path of the file in the proxy's container, or of its standard streams.
	Path string
	// JSON says that a record is a JSON object, and not a line of text.
	JSON bool
	// Format is that of a record with the operators of Envoy: a line, or the text of a
	// JSON object. "" is the proxy's own, which is not compared.
	Format string
	// Filter is an expression in Envoy's terms that holds for what records are written
	// of; "" is all.
	Filter string
	// Covers is what there are records of.
	Covers LogCover
	From   Origin
}

// LogCover is how much of the traffic there are records of; each value covers those before.
type LogCover uint8

const (
	LogRequests    LogCover = iota // of requests of HTTP only
	LogConnections                 // of connections of TCP, too
	LogRefused                     // of connections that the proxy has no route for, too
)

// String names what is covered.
func (c LogCover) String() string {
	return [...]string{"requests only", "requests and connections", "requests, connections and those without a route"}[c]
}

// Named reports whether only a name says where records go.
func (s LogSink) Named() bool { return s.Path == "" }

// Form names the form of a record.
func (s LogSink) Form() string {
	form := "text"
	if s.JSON {
		form = "JSON"
	}
	switch object := map[string]any(nil); {
	case s.Format == "":
	case s.JSON && json.Unmarshal([]byte(s.Format), &object) == nil:
		same, _ := json.Marshal(object)
		form += " " + string(same)
	default:
		form += " " + strings.TrimSuffix(s.Format, "\n")
	}
	return form
}

// Text says all of a sink: equal texts are equal sinks.
func (s LogSink) Text() string {
	words := "to provider " + s.Provider
	if !s.Named() {
		words = "to " + s.Path + " as " + s.Form() + ", of " + s.Covers.String()
	}
	if s.Filter != "" {
		words += ", where " + s.Filter
	}
	return words
}

// LogText says where records go, in an order of its own.
func LogText(to []LogSink) string {
	if len(to) == 0 {
		return "nowhere"
	}
	var out []string
	for _, s := range to {
		out = append(out, s.Text())
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "; and ")
}

// Origin is where the fact stands.
func (l *AccessLog) Origin() Origin { return l.From }

// Origin is where the sink is said.
func (s *LogSink) Origin() Origin { return s.From }

func (p *printer) accessLog(l *AccessLog) {
	p.line("records of", l.Side.String(), LogText(l.To), where("at", l.Scope.Subject))
}
