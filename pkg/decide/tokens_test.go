package decide

import (
	"testing"

	"github.com/transmesh/transmesh/pkg/intent"
)

// A token that only one side accepts is let in there and refused on the other.
func TestTokensCompareByWhatIsAccepted(t *testing.T) {
	checking := func(rules ...intent.TokenRule) *intent.Model {
		return &intent.Model{Tokens: []*intent.Tokens{{Scope: inShop("cart"), Rules: rules}}}
	}
	yes := true
	one, two := intent.TokenRule{Issuer: "one"}, intent.TokenRule{Issuer: "two"}
	narrow := intent.TokenRule{Issuer: "one", Audiences: []string{"x"}}
	wide := intent.TokenRule{Issuer: "one", Audiences: []string{"y", "x"}}
	forwarded := intent.TokenRule{Issuer: "one", Forward: &yes}
	for name, c := range map[string]struct {
		a, b *intent.Model
		want []Verdict
	}{
		"another issuer":   {checking(one), checking(two), []Verdict{Wider, Narrower}},
		"one more issuer":  {checking(one), checking(one, two), []Verdict{Wider}},
		"an audience":      {checking(one), checking(narrow), []Verdict{Narrower}},
		"another audience": {checking(narrow), checking(wide), []Verdict{Wider}},
		"not checked":      {checking(one), checking(), []Verdict{Wider}},
		"checked":          {checking(), checking(one), []Verdict{Narrower}},
		"forwarded":        {checking(one), checking(forwarded), []Verdict{Different}},
		"in other order":   {checking(one, two), checking(two, one), nil},
	} {
		var got []Verdict
		for _, d := range Compare(c.a, c.b, Options{}).Differences {
			got = append(got, d.Verdict)
		}
		if len(got) != len(c.want) || len(got) > 0 && (got[0] != c.want[0] || got[len(got)-1] != c.want[len(got)-1]) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
