package istio

import "strings"

// claimKey begins the keys of token attributes that are claims.
const claimKey = "claim:"

// claimPath turns the two spellings of nested claims, "[a][b]" and ".a.b", into
// the path "a.b". A dot within a name, which only brackets allow, is escaped.
// istio pilot/pkg/security/authz/model/util.go extractNameInNestedBrackets
func claimPath(s string) string {
	inner, ok := strings.CutPrefix(s, "[")
	if !ok {
		return strings.Trim(s, ".")
	}
	inner = strings.TrimSuffix(inner, "]")
	return strings.ReplaceAll(strings.ReplaceAll(inner, ".", `\.`), "][", ".")
}

// claimBrackets is the inverse of claimPath, in brackets.
func claimBrackets(path string) string {
	const dot = "\x00"
	s := strings.ReplaceAll(path, `\.`, dot)
	return "[" + strings.ReplaceAll(strings.ReplaceAll(s, ".", "]["), dot, ".") + "]"
}
