// Package routes decides about requests by Envoy's route tables, as Envoy's router
// does. It is written from Envoy's source and knows nothing of any mesh or of
// transmesh; what it does not know it refuses by a panic, so that no part of a
// route is judged by a guess.
//
// Proof: envoyproxy/envoy source/common/router/config_impl.cc.
package routes

import (
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/types/known/anypb"
)

// Request is what a router sees of a request: its headers by name in lower case,
// pseudo-headers among them. The path has the query string.
type Request struct{ Headers map[string]string }

// Answer is what becomes of a request.
type Answer struct {
	// Status is that of an answer without an upstream: of a redirect, of a direct
	// response, or 404 where no route takes the request; 0 where it is sent on.
	Status int
	// Shares are where it is sent, one of them by weight.
	Shares []Share
	// Path is the path as upstreams see it, without the query.
	Path string
	// Prefix is what To replaces, "" for the whole path; both are "" where the path
	// stays.
	Prefix, To string
	// Host is the authority as upstreams see it, "" where it stays. Regex is what
	// Substitution replaces in the path; "" is that nothing is replaced so.
	Host, Regex, Substitution string
	// Redirect is the answer of Status in full, and Body that of a direct response.
	Redirect *route.RedirectAction
	Body     string
	// Mirrors are the clusters that get copies, with the share in a million of
	// requests.
	Mirrors []Share
	// Timeout bounds the request, and Idle its silence; 0 is no bound.
	Timeout, Idle time.Duration
	Retry         *Retry
	// Request and Response are changes of headers, executed in this order, after
	// those of the share.
	Request, Response []Change
	// Filters are the settings of the route for filters of HTTP, by their names.
	Filters map[string]*anypb.Any
}

// Share is a cluster with the weight that it has among all.
type Share struct {
	Cluster           string
	Weight            uint32
	Request, Response []Change
	// Host is the authority as this cluster sees it, "" where it is that of all.
	Host string
}

// Retry is when a request is tried again.
type Retry struct {
	// Tries is their number after the first.
	Tries uint32
	// On are conditions in Envoy's words, Codes the statuses of
	// "retriable-status-codes".
	On    []string
	Codes []uint32
	// PerTry bounds one try; 0 is no bound.
	PerTry time.Duration
}

// Change is one change of a header.
type Change struct {
	// Remove removes, Append adds a value, and neither replaces all values.
	Remove, Append bool
	Name, Value    string
}

// changes lists what is done to headers: what is removed, then what is set, then what
// is added, in whatever order it is said.
// source/common/router/header_parser.cc HeaderParser::evaluateHeaders
func changes(add []*core.HeaderValueOption, remove []string) []Change {
	var out, added []Change
	for _, name := range remove {
		out = append(out, Change{Remove: true, Name: name})
	}
	for _, o := range add {
		c := Change{Name: o.GetHeader().GetKey(), Value: o.GetHeader().GetValue()}
		switch {
		case o.GetAppend() != nil: // the older spelling, which counts where it is there
			c.Append = o.GetAppend().GetValue()
		case o.GetAppendAction() == core.HeaderValueOption_APPEND_IF_EXISTS_OR_ADD:
			c.Append = true
		case o.GetAppendAction() == core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD:
		default:
			panic("routes: unknown change of a header " + o.String())
		}
		if c.Append {
			added = append(added, c)
		} else {
			out = append(out, c)
		}
	}
	return append(out, added...)
}
