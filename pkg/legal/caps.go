package legal

import (
	"cmp"

	"github.com/transmesh/transmesh/pkg/intent"
)

// Level is how far a target supports a feature.
type Level uint8

const (
	No Level = iota
	When
	Yes
)

// String names the level in lower case.
func (l Level) String() string { return [...]string{"no", "when", "yes"}[l] }

// Support is one mesh's answer for one feature.
type Support struct {
	Level Level
	// Why is the reason of a No or the condition of a When, as a clause.
	Why string
	// Link is the API page or source that proves it.
	Link string
	// Since is the first version with the answer, or "".
	Since string
	// Only tests the condition of a When on a part; it returns "" or what does
	// not fit. nil leaves the condition to the passes. Of a No, it says the reason of a
	// part that has one of its own; "" is Why.
	Only func(intent.Part) string
}

// Supported says yes.
func Supported() Support { return Support{Level: Yes} }

// Unsupported says no, why, and where that is written.
func Unsupported(why, link string) Support { return Support{Level: No, Why: why, Link: link} }

// Conditional says yes under a condition, which only tests on a part.
func Conditional(why, link string, only func(intent.Part) string) Support {
	return Support{Level: When, Why: why, Link: link, Only: only}
}

// Caps is one mesh's answer for every feature.
type Caps map[Feature]Support

// Says returns "" if the target can say the feature for the part, or why not.
func (c Caps) Says(f Feature, p intent.Part) string {
	s, ok := c[f]
	switch {
	case !ok:
		panic("legal: no answer for feature " + string(f))
	case s.Level == Yes:
		return ""
	case s.Level == No && s.Only != nil:
		return cmp.Or(s.Only(p), s.Why)
	case s.Level == No:
		return s.Why
	case s.Only == nil:
		return ""
	}
	return s.Only(p)
}
