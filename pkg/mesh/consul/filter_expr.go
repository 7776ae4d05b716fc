package consul

import (
	"fmt"

	"github.com/hashicorp/go-bexpr"
)

// mostFilterSteps is how long a filter may take to be understood, in expressions of the
// grammar that are tried: one of a hundred parts takes less than 100,000.
const mostFilterSteps = 500_000

// parseFilter reads a filter as Consul's servers do where an entry is written: what they do
// not understand they refuse. The fields that it names they do not look at.
// agent/structs/config_entry_discoverychain.go ServiceResolverConfigEntry.Validate
func parseFilter(text string) (bexpr.Expression, error) {
	e, err := bexpr.Parse("", []byte(text), bexpr.MaxExpressions(mostFilterSteps))
	if err != nil {
		return nil, err
	}
	filter, ok := e.(bexpr.Expression)
	if !ok {
		return nil, fmt.Errorf("%q says nothing", text)
	}
	return filter, nil
}
