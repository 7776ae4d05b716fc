package diag

import (
	"strings"
	"unicode"
)

// A puts the indefinite article before a noun, as it is spoken: an AuthorizationPolicy, a
// Server, an HTTPRoute, a UDPRoute.
func A(noun string) string {
	sounds := "AEIOUaeiou"
	if r := []rune(noun); len(r) > 1 && unicode.IsUpper(r[0]) && unicode.IsUpper(r[1]) {
		sounds = "AEFHILMNORSX" // letters that are spelled out, and sound with a vowel first
	}
	if strings.ContainsAny(noun[:min(1, len(noun))], sounds) {
		return "an " + noun
	}
	return "a " + noun
}
