package source

import (
	"bytes"
	"regexp"
	"slices"
)

var (
	kindValue = regexp.MustCompile(`(?i)\bkind["']?\s*[:=]\s*["']?([\w-]+)`)
	listKey   = regexp.MustCompile(`\bitems["']?\s*:`)
	nsKey     = regexp.MustCompile(`\bnamespace["']?\s*:`)
	metaFlow  = regexp.MustCompile(`(?m)^metadata: *\{[^{}\n]*\bnamespace["']?: *["']?([\w-]+)["']? *[,}]`)
	metaBlock = regexp.MustCompile(`(?m)^metadata: *\r?\n((?: +.*\n?)+)`)
	nsLine    = regexp.MustCompile(`(?m)^( +)namespace: *["']?([\w-]+)["']?\s*$`)
)

// guess tells from the text of an unreadable document what it may describe. Who
// withholds by it must not miss a policy: every kind in the text counts, and a
// namespace only where it surely is the object's.
func guess(p Problem, text []byte, o Options) Problem {
	if p.Ref.Object == "" {
		p.Ref.Object = "an unreadable document"
	}
	p.Text = string(text)
	for _, m := range kindValue.FindAllSubmatch(text, -1) {
		if kind := string(m[1]); !slices.Contains(p.ObjectKinds, kind) {
			p.ObjectKinds = append(p.ObjectKinds, kind)
		}
	}
	switch {
	case listKey.Match(text):
	case p.Kind == LooksForeign && !nsKey.Match(text): // a template may add one
	default:
		p.Namespace = guessNamespace(text, o)
	}
	return p
}

// guessNamespace finds the namespace in the metadata of one object. Where the
// text never names one, it is that of objects that name none.
func guessNamespace(text []byte, o Options) string {
	if !nsKey.Match(text) {
		return o.namespace()
	}
	if bytes.Count(text, []byte("metadata:")) > 1 {
		return ""
	}
	if m := metaFlow.FindSubmatch(text); m != nil {
		return string(m[1])
	}
	block := metaBlock.FindSubmatch(text)
	if block == nil {
		return ""
	}
	indent := len(block[1]) - len(bytes.TrimLeft(block[1], " "))
	for _, m := range nsLine.FindAllSubmatch(block[1], -1) {
		if len(m[1]) == indent {
			return string(m[2])
		}
	}
	return ""
}
