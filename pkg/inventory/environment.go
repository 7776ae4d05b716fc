package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/transmesh/transmesh/pkg/intent"
	"go.yaml.in/yaml/v3"
)

// Environment reads an environment file over the upstream defaults. Unknown keys
// and wrong types are errors with their line. See environment.schema.json.
func Environment(file string, data []byte) (intent.Environment, error) {
	env := intent.Defaults()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&env); err != nil && !errors.Is(err, io.EOF) {
		return intent.Environment{}, positioned(file, err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return intent.Environment{}, fmt.Errorf("%s: %w", file, err)
	}
	if len(doc.Content) > 0 {
		env.Said = said(nil, "", doc.Content[0])
	}
	if env.TrustDomain == intent.Defaults().TrustDomain && !slices.Contains(env.Said, "trustDomain") {
		env.TrustDomain = env.ClusterDomain
	}
	slices.Sort(env.Said)
	return env, check(file, env)
}

// ofType is what the YAML library says of Go's types, which mean nothing to the
// reader of a file.
var ofType = regexp.MustCompile(` (in|into) (type )?[\w.\[\]]+$`)

// positioned writes an error of the YAML library as "file:line: what".
func positioned(file string, err error) error {
	var types *yaml.TypeError
	if !errors.As(err, &types) {
		return fmt.Errorf("%s: %w", file, err)
	}
	var all []error
	for _, e := range types.Errors {
		e = ofType.ReplaceAllString(strings.TrimPrefix(fmt.Sprint(e), "line "), "")
		all = append(all, fmt.Errorf("%s:%s", file, e))
	}
	return errors.Join(all...)
}

// said lists the dotted keys of a document.
func said(keys []string, prefix string, n *yaml.Node) []string {
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		key := prefix + n.Content[i].Value
		if v := n.Content[i+1]; v.Kind == yaml.MappingNode {
			keys = said(keys, key+".", v)
			continue
		}
		keys = append(keys, key)
	}
	return keys
}

// choices of keys that take one of a few words.
var choices = []struct {
	key   string
	of    func(intent.Environment) string
	words []string
}{
	{"istio.pathNormalization", func(e intent.Environment) string { return e.Istio.PathNormalization },
		[]string{"NONE", "BASE", "MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES"}},
	{"istio.outboundPolicy", func(e intent.Environment) string { return e.Istio.OutboundPolicy },
		[]string{"ALLOW_ANY", "REGISTRY_ONLY"}},
	{"linkerd.defaultInboundPolicy", func(e intent.Environment) string { return e.Linkerd.DefaultInbound },
		[]string{"all-unauthenticated", "all-authenticated", "cluster-unauthenticated", "cluster-authenticated", "deny", "audit"}},
	{"consul.defaultIntentionPolicy", func(e intent.Environment) string { return e.Consul.DefaultIntention }, []string{"allow", "deny"}},
	{"cilium.policyEnforcementMode", func(e intent.Environment) string { return e.Cilium.Enforcement }, []string{"default", "always", "never"}},
	{"cilium.encryption", func(e intent.Environment) string { return e.Cilium.Encryption }, []string{"none", "wireguard", "ipsec", "ztunnel"}},
}

func check(file string, env intent.Environment) error {
	for _, c := range choices {
		if v := c.of(env); !slices.Contains(c.words, v) {
			return fmt.Errorf("%s: %s is %q, not one of %v", file, c.key, v, c.words)
		}
	}
	return nil
}
