package intent

import (
	"strings"
	"time"

	"github.com/transmesh/transmesh/pkg/match"
)

// Step is one thing done to a request on its way, in the order of the list.
type Step interface{ isStep() }

type (
	// Headers sets, adds or removes one header.
	Headers struct {
		On    Message
		Op    HeaderOp
		Name  string // lower case
		Value string // unused for Remove
		From  Origin
	}
	// Rewrite changes what the workload sees: path, host, or both.
	Rewrite struct {
		Path *PathRewrite
		Host string // the new authority; "" keeps it
		From Origin
	}
	// Mirror sends a copy and ignores the answer.
	Mirror struct {
		To      Backend // Weight is unused
		Percent float64 // 0 to 100
		From    Origin
	}
	// Delay holds requests back.
	Delay struct {
		Fixed   time.Duration
		Percent float64 // 0 to 100
		From    Origin
	}
	// Abort answers in place of the workload.
	Abort struct {
		Status  int    // HTTP status; 0 where GRPC is set
		GRPC    string // gRPC status name, e.g. UNAVAILABLE
		Percent float64
		From    Origin
	}
	// CORS answers preflight requests and adds the headers of the standard.
	CORS struct {
		Origins          []match.Atom // on header "origin": Exact, Prefix or Regex
		Methods          []string
		Headers          []string
		Expose           []string
		MaxAge           *time.Duration
		Credentials      *bool
		ForwardPreflight *bool // whether preflights of other origins reach the workload; nil is the mesh's default
		From             Origin
	}
)

// Authority reports whether the header is the authority of requests, under one of its names.
// RFC 9113 section 8.3.1
func (h Headers) Authority() bool {
	return h.On == OnRequest && (h.Name == "host" || h.Name == ":authority")
}

func (Headers) isStep() {}
func (Rewrite) isStep() {}
func (Mirror) isStep()  {}
func (Delay) isStep()   {}
func (Abort) isStep()   {}
func (CORS) isStep()    {}

// Message is the request or its response.
type Message uint8

const (
	OnRequest Message = iota
	OnResponse
)

// HeaderOp is what happens to a header.
type HeaderOp uint8

const (
	SetHeader    HeaderOp = iota // replaces all values
	AddHeader                    // appends a value
	RemoveHeader                 // removes all values
)

// Listed reports whether several values of a header mean the same as one in which they
// stand with commas between: all but those of cookies, RFC 9110 section 5.3 and RFC 6265.
func Listed(header string) bool {
	return !strings.EqualFold(header, "set-cookie") && !strings.EqualFold(header, "cookie")
}

// PathRewrite is a new path. The query string stays.
type PathRewrite struct {
	Kind PathRewriteKind
	// Match is what Replace stands for: the prefix that the rule matched, or
	// the regular expression; unused for FullPath.
	Match   string
	Replace string
}

// PathRewriteKind is what is replaced.
type PathRewriteKind uint8

const (
	FullPath      PathRewriteKind = iota // the whole path
	PrefixPath                           // the raw string prefix Match, textually (Istio: "/foo/" to "/" and "/foo" to "/" differ)
	SegmentPrefix                        // the segments of Match, slashes joined as Gateway API says; one at the end of Replace says nothing, also where no more follows
	RegexPath                            // all that RE2 Match finds, with \1 groups in Replace
)
