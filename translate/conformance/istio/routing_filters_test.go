package conformance

import (
	"strconv"
	"strings"
	"time"

	cors "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
	fault "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
	told "github.com/transmesh/transmesh/translate/conformance/rbac/routes"
)

// filtersOf are faults and CORS, which filters before the router do.
func filtersOf(a told.Answer) []intent.Step {
	var out []intent.Step
	var f fault.HTTPFault
	if filter(a, "envoy.filters.http.fault", &f) {
		if d := f.GetDelay(); d != nil {
			out = append(out, intent.Delay{Fixed: d.GetFixedDelay().AsDuration(), Percent: percentOf(d.GetPercentage())})
		}
		if b := f.GetAbort(); b != nil {
			abort := intent.Abort{Status: int(b.GetHttpStatus()), Percent: percentOf(b.GetPercentage())}
			if b.GetHttpStatus() == 0 {
				abort.GRPC = grpcName(codes.Code(b.GetGrpcStatus()))
			}
			out = append(out, abort)
		}
	}
	var c cors.CorsPolicy
	if filter(a, "envoy.filters.http.cors", &c) {
		out = append(out, corsOf(&c))
	}
	return out
}

func filter(a told.Answer, name string, to proto.Message) bool {
	said := a.Filters[name]
	if said == nil {
		return false
	}
	if err := said.UnmarshalTo(to); err != nil {
		panic(err)
	}
	return true
}

func percentOf(p *typev3.FractionalPercent) float64 {
	of := map[typev3.FractionalPercent_DenominatorType]float64{typev3.FractionalPercent_HUNDRED: 1, typev3.FractionalPercent_TEN_THOUSAND: 1e2, typev3.FractionalPercent_MILLION: 1e4}
	return float64(p.GetNumerator()) / of[p.GetDenominator()]
}

// grpcName spells a code as gRPC's documents do.
func grpcName(c codes.Code) string {
	if c == codes.Unavailable {
		return "UNAVAILABLE"
	}
	panic("conformance: unknown status of gRPC " + c.String())
}

func corsOf(c *cors.CorsPolicy) intent.CORS {
	out := intent.CORS{Methods: listed(c.GetAllowMethods()), Headers: listed(c.GetAllowHeaders()), Expose: listed(c.GetExposeHeaders())}
	for _, o := range c.GetAllowOriginStringMatch() {
		a := match.Atom{Field: match.Header, Key: "origin"}
		switch p := o.GetMatchPattern().(type) {
		case *matcher.StringMatcher_Exact:
			a.Value = p.Exact
		case *matcher.StringMatcher_Prefix:
			a.Op, a.Value = match.Prefix, p.Prefix
		case *matcher.StringMatcher_SafeRegex:
			a.Op, a.Value = match.Regex, p.SafeRegex.GetRegex()
		}
		out.Origins = append(out.Origins, a)
	}
	if age := c.GetMaxAge(); age != "" {
		n, err := strconv.Atoi(age)
		if err != nil {
			panic(err)
		}
		out.MaxAge = new(time.Duration(n) * time.Second)
	}
	if c.GetAllowCredentials() != nil {
		out.Credentials = new(c.GetAllowCredentials().GetValue())
	}
	if f := c.GetForwardNotMatchingPreflights(); f != nil {
		out.ForwardPreflight = new(f.GetValue())
	}
	return out
}

func listed(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}
