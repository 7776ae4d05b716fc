package translate

import (
	"strconv"
	"strings"

	"github.com/transmesh/transmesh/pkg/decide"
	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// sentence says a difference to a reviewer, without a period: "this change lets
// `shop/web` POST to `/admin` of `shop/cart:80`; it could not before".
func sentence(d decide.Difference, words DiffWords) string {
	switch {
	case d.Verdict == decide.Unsure:
		return "whether " + d.Scope + " is treated alike cannot be told"
	case d.Request == nil:
		return d.Scope + ": " + differs[d.Aspect]
	case d.Aspect == intent.Admission && d.Verdict == decide.Wider:
		return widerSentence(d, words)
	case d.Aspect == intent.Admission:
		return narrowerSentence(d, words)
	case words.Change:
		return "this change treats " + deed(d.Request) + " differently: " + differs[d.Aspect]
	}
	return "the two treat " + deed(d.Request) + " differently: " + differs[d.Aspect]
}

func widerSentence(d decide.Difference, words DiffWords) string {
	asks, who := strings.HasPrefix(d.A, "admitted"), actor(d.Request)+" "+deed(d.Request)
	switch {
	case asks && words.Change:
		return "this change lets " + who + " without the agreement that it needed before"
	case asks:
		return "the second lets " + who + " without the agreement that the first asks for"
	case words.Change:
		return "this change lets " + who + "; it could not before"
	}
	return "the second lets " + who + "; the first does not"
}

func narrowerSentence(d decide.Difference, words DiffWords) string {
	asks, who := strings.HasPrefix(d.B, "admitted"), actor(d.Request)+" "+deed(d.Request)
	switch {
	case asks && words.Change:
		return "this change lets " + who + " only with an agreement that it did not need before"
	case asks:
		return "the second lets " + who + " only with an agreement that the first does not ask for"
	case words.Change:
		return "this change no longer lets " + who
	}
	return "the second does not let " + who + "; the first does"
}

// differs says what is not alike, by aspect.
var differs = map[intent.Aspect]string{
	intent.Admission: "who is let in differs", intent.Tokening: "other tokens are accepted", intent.Auditing: "something else is recorded",
	intent.Securing: "connections are secured in another way", intent.Routed: "it goes elsewhere", intent.Rewritten: "it is changed in another way",
	intent.Mirrored: "it is mirrored in another way", intent.Faulted: "other faults are injected", intent.Crossing: "another CORS policy holds",
	intent.Timing: "another timeout holds", intent.Retrying: "it is retried in another way", intent.Balancing: "endpoints are chosen in another way",
	intent.Limiting: "other limits hold", intent.Ejecting: "endpoints are ejected in another way", intent.Entering: "the entry offers something else",
	intent.Rating: "other rates are let pass", intent.Running: "something else is reported, or it is run in another way",
}

// actor is who sends a request.
func actor(r *decide.Request) string {
	switch {
	case r.Client == "":
		return "every client"
	case strings.Contains(r.Client, " ") && !strings.Contains(r.Client, ","):
		return r.Client
	}
	name, rest, _ := strings.Cut(r.Client, ",")
	if rest != "" {
		rest = "," + rest + ","
	}
	return "`" + name + "`" + rest
}

// deed is what a request asks for: "POST to `/admin` of `shop/cart:80`".
func deed(r *decide.Request) string {
	to := target(r)
	if !r.Entry.IsZero() {
		to += " through `" + r.Entry.String() + "`"
	}
	if p, _ := r.At.Lookup(match.Protocol, ""); p == "tcp" {
		return "connect to " + to + details(r)
	}
	method, _ := r.At.Lookup(match.Method, "")
	path, _ := r.At.Lookup(match.Path, "")
	if method == "" {
		method = "GET"
	}
	if path == "" {
		path = "/"
	}
	if method == "POST" || method == "PUT" || method == "PATCH" {
		method += " to"
	}
	return method + " `" + path + "` of " + to + details(r)
}

// target is whom a request is sent to.
func target(r *decide.Request) string {
	switch {
	case r.Server != "" && r.Port != 0:
		return "a " + r.Server + " on port " + strconv.Itoa(r.Port)
	case r.Server != "":
		return "a " + r.Server
	case r.Port != 0:
		return "`" + r.Host.String() + ":" + strconv.Itoa(r.Port) + "`"
	}
	return "`" + r.Host.String() + "`"
}

// details are conditions beside method and path.
func details(r *decide.Request) string {
	var parts []string
	add := func(f match.Field, word string) {
		for _, v := range r.At.Values(f) {
			text := v.Value
			if v.Key != "" {
				text = v.Key + ": " + v.Value
			}
			parts = append(parts, word+" `"+strings.ReplaceAll(text, match.Separator, ",")+"`")
		}
	}
	add(match.Header, "header")
	add(match.Query, "query")
	if p, ok := r.At.Lookup(match.Token, "principal"); ok {
		parts = append(parts, "a token of `"+p+"`")
	}
	for _, f := range []match.Field{match.ClientIP, match.RemoteIP, match.SNI, match.Authority} {
		if v, ok := r.At.Lookup(f, ""); ok {
			parts = append(parts, f.String()+" `"+v+"`")
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " with " + strings.Join(parts, " and ")
}
