package intent

import (
	"regexp"
	"strings"
	"testing"
)

func TestIsLabel(t *testing.T) {
	label := regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	texts := []string{"", "a", "-", "0", "a-", "-a", "a-b", "A", "a.b", "a_b", "ä", "a\n", " a", strings.Repeat("a", 63), strings.Repeat("a", 64)}
	for _, a := range "az09-AZ./_\x00{`" {
		for _, b := range "az09-AZ:@" {
			texts = append(texts, string(a), string(a)+string(b), "x"+string(a)+"y")
		}
	}
	for _, s := range texts {
		if want := len(s) <= 63 && label.MatchString(s); IsLabel(s) != want {
			t.Errorf("%q: %v, want %v", s, IsLabel(s), want)
		}
	}
}
