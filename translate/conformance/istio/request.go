package conformance

import (
	"net/netip"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/transmesh/transmesh/pkg/match"
	"github.com/transmesh/transmesh/translate/conformance/rbac"
)

// asEnvoy is what the filters of a proxy see of a request of the model.
func asEnvoy(r *match.Request) *rbac.Request {
	out := &rbac.Request{
		SNI: text(r, match.SNI), Direct: address(r, match.ClientIP), Remote: address(r, match.RemoteIP), Local: address(r, match.DestIP),
		Metadata: map[string]*structpb.Struct{},
	}
	if port, err := strconv.ParseUint(text(r, match.Port), 10, 16); err == nil {
		out.Port = uint32(port)
	}
	if identity, ok := r.Lookup(match.ClientIdentity, ""); ok {
		out.Peer = "spiffe://" + identity
	}
	if text(r, match.Protocol) == "http" {
		out.Headers = headers(r)
		out.Metadata["envoy.filters.http.jwt_authn"] = payload(r)
	}
	for _, v := range r.Values(match.Found) {
		leave(out.Metadata, v)
	}
	return out
}

// leave puts down what a filter found out, at "filter[key]" or, of a list, "filter[key][]".
func leave(metadata map[string]*structpb.Struct, v match.Value) {
	key, isList := strings.CutSuffix(v.Key, match.ListKey)
	filter, name, _ := strings.Cut(strings.TrimSuffix(key, "]"), "[")
	if metadata[filter] == nil {
		metadata[filter] = &structpb.Struct{Fields: map[string]*structpb.Value{}}
	}
	value := structpb.NewStringValue(v.Value)
	if isList {
		list := &structpb.ListValue{}
		for _, s := range strings.Split(v.Value, match.Separator) {
			list.Values = append(list.Values, structpb.NewStringValue(s))
		}
		value = structpb.NewListValue(list)
	}
	metadata[filter].Fields[name] = value
}

func text(r *match.Request, f match.Field) string {
	v, _ := r.Lookup(f, "")
	return v
}

func address(r *match.Request, f match.Field) netip.Addr {
	a, _ := netip.ParseAddr(text(r, f))
	return a
}

func headers(r *match.Request) map[string]string {
	out := map[string]string{":method": text(r, match.Method), ":path": text(r, match.Path), ":authority": text(r, match.Authority), ":scheme": text(r, match.Scheme)}
	for _, h := range r.Values(match.Header) {
		out[h.Key] = h.Value
	}
	return out
}

// payload is the token as the filter that validates it leaves it for the filters
// behind: pilot/pkg/security/authn, payloadInMetadata.
func payload(r *match.Request) *structpb.Struct {
	claims := map[string]any{}
	for _, v := range r.Values(match.Token) {
		switch v.Key {
		case "issuer":
			claims["iss"] = v.Value
		case "subject":
			claims["sub"] = v.Value
		case "audience":
			claims["aud"] = several(v.Value)
		case "presenter":
			claims["azp"] = v.Value
		default:
			if path, ok := strings.CutPrefix(v.Key, "claim:"); ok {
				put(claims, claimNames(path), several(v.Value))
			}
		}
	}
	if len(claims) == 0 {
		return nil
	}
	s, err := structpb.NewStruct(map[string]any{"payload": claims})
	if err != nil {
		panic(err)
	}
	return s
}

// claimNames takes a claim's path apart; an escaped dot belongs to a name.
func claimNames(path string) []string {
	const dot = "\x00"
	names := strings.Split(strings.ReplaceAll(path, `\.`, dot), ".")
	for i := range names {
		names[i] = strings.ReplaceAll(names[i], dot, ".")
	}
	return names
}

// several is a claim's value: a list where there are several.
func several(v string) any {
	parts := strings.Split(v, match.Separator)
	if len(parts) == 1 {
		return v
	}
	out := make([]any, len(parts))
	for i, p := range parts {
		out[i] = p
	}
	return out
}

func put(claims map[string]any, path []string, v any) {
	if len(path) == 1 {
		if _, there := claims[path[0]]; !there {
			claims[path[0]] = v
		}
		return
	}
	below, _ := claims[path[0]].(map[string]any)
	if below == nil {
		below = map[string]any{}
		claims[path[0]] = below
	}
	put(below, path[1:], v)
}
