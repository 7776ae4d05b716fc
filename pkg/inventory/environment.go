package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"go.yaml.in/yaml/v3"
)

// Environment reads an environment file over the upstream defaults. What its schema,
// environment.schema.json, does not take is an error, with its line and its key.
func Environment(file string, data []byte) (intent.Environment, error) {
	env := intent.Defaults()
	doc, err := onlyDocument(file, data)
	if err != nil || doc == nil {
		return env, err
	}
	if err := mistaken(file, schema().mistakes("", doc)); err != nil {
		return intent.Environment{}, err
	}
	if err := doc.Decode(&env); err != nil {
		return intent.Environment{}, fmt.Errorf("%s: %w", file, err)
	}
	env.Said = said(nil, "", doc)
	if env.TrustDomain == intent.Defaults().TrustDomain && !slices.Contains(env.Said, "trustDomain") {
		env.TrustDomain = env.ClusterDomain
	}
	slices.Sort(env.Said)
	return env, nil
}

// onlyDocument parses a file of one document; nil is an empty one.
func onlyDocument(file string, data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: a second document follows the first: it has to be one", file)
	}
	return doc.Content[0], nil
}

// mistaken is one error for all mistakes of a file, a line each.
func mistaken(file string, mistakes []string) error {
	var all []error
	for _, m := range mistakes {
		all = append(all, fmt.Errorf("%s:%s", file, m))
	}
	return errors.Join(all...)
}

// said lists the dotted keys of a document that have a value.
func said(keys []string, prefix string, n *yaml.Node) []string {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := prefix+n.Content[i].Value, n.Content[i+1]
		for v.Kind == yaml.AliasNode {
			v = v.Alias
		}
		switch {
		case v.Kind == yaml.MappingNode:
			keys = said(keys, key+".", v)
		case v.ShortTag() != "!!null":
			keys = append(keys, key)
		}
	}
	return keys
}
