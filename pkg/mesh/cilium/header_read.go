package cilium

import (
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/source"
)

// headerSteps reads changes of headers: Envoy removes before it sets, and sets before it
// adds.
// source/common/router/header_parser.cc HeaderParser::evaluateHeaders
func (c *configReader) headerSteps(n *source.Node) []intent.Step {
	var out []intent.Step
	for _, side := range []struct {
		key string
		on  intent.Message
	}{{"request", intent.OnRequest}, {"response", intent.OnResponse}} {
		for _, name := range msg(n, side.key+"HeadersToRemove").Items() {
			out = append(out, intent.Headers{On: side.on, Op: intent.RemoveHeader, Name: strings.ToLower(name.Str()), From: intent.From(name.Ref())})
		}
		var add []intent.Step
		for _, h := range msg(n, side.key+"HeadersToAdd").Items() {
			switch s, ok := c.headerStep(h, side.on); {
			case ok && s.Op == intent.AddHeader:
				add = append(add, s)
			case ok:
				out = append(out, s)
			}
		}
		out = append(out, add...)
	}
	return out
}

// headerStep reads one that is added or set; ok is false for what Envoy fills in,
// and for what it does only where the header is there, or is not.
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/base.proto#config-core-v3-headervalueoption
func (c *configReader) headerStep(n *source.Node, on intent.Message) (s intent.Headers, ok bool) {
	h := msg(n, "header")
	value, plain := msg(h, "value").Str(), ""
	s = intent.Headers{On: on, Op: intent.AddHeader, Name: strings.ToLower(msg(h, "key").Str()), From: intent.From(n.Ref())}
	plain, ok = unfilled(value)
	switch word(msg(n, "appendAction"), "envoy.config.core.v3.HeaderValueOption.HeaderAppendAction") {
	case "", "APPEND_IF_EXISTS_OR_ADD":
	case "OVERWRITE_IF_EXISTS_OR_ADD":
		s.Op = intent.SetHeader
	default:
		ok = false
	}
	if a := flag(msg(n, "append")); a != nil && !*a {
		s.Op = intent.SetHeader
	}
	keep := flag(msg(n, "keepEmptyValue"))
	switch s.Value = plain; {
	case !ok:
		c.keep(n, "a header that Envoy fills in, or changes only at times, is not translated", false)
	case plain == "" && (keep == nil || !*keep):
		c.inert(n, "a header without a value is not added")
		return s, false
	}
	return s, ok
}

// unfilled is the text of a header's value; ok is false where Envoy fills in a
// part of it, which stands between percent signs.
func unfilled(value string) (text string, ok bool) {
	text = strings.ReplaceAll(value, "%%", "\x00")
	return strings.ReplaceAll(text, "\x00", "%"), !strings.Contains(text, "%")
}
