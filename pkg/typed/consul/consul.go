// Package consul takes and gives Consul configuration as the configuration
// entries of github.com/hashicorp/consul/api.
package consul

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/consul/api"
	"github.com/mitchellh/mapstructure"
	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/pkg/source"
)

// From turns configuration entries into what transmesh reads. Positions are in a
// file "typed", in the order of the entries.
func From(entries ...api.ConfigEntry) ([]*source.Object, error) {
	var text bytes.Buffer
	for _, e := range entries {
		data, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("encode %s %s: %w", e.GetKind(), e.GetName(), err)
		}
		fmt.Fprintf(&text, "---\n%s\n", data)
	}
	out, problems := source.Parse("typed", text.Bytes(), source.Options{})
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s: %s", problems[0].Ref.Pos, problems[0].Message)
	}
	return out, nil
}

// Objects turns what transmesh wrote into configuration entries, in its order,
// which is the one that the server needs; rest are objects that are none. A field
// that the type lacks is an error: the API's own decoder would leave it out.
func Objects(manifests []*manifest.Object) (entries []api.ConfigEntry, rest []*manifest.Object, err error) {
	forms, rest := consul.Entries(manifests)
	for _, f := range forms {
		e, err := decode(f)
		if err != nil {
			return nil, nil, fmt.Errorf("%s %s: %w", f.Kind, f.Name, err)
		}
		entries = append(entries, e)
	}
	return entries, rest, nil
}

func decode(m *manifest.Object) (api.ConfigEntry, error) {
	data, err := m.Root.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var raw map[string]any
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, err
	}
	kind, _ := raw["Kind"].(string)
	name, _ := raw["Name"].(string)
	entry, err := api.MakeConfigEntry(kind, name)
	if err != nil {
		return nil, err
	}
	switch entry.(type) {
	case *api.MeshConfigEntry: // there is one of its kind, which says neither
		delete(raw, "Kind")
		delete(raw, "Name")
	case *api.ExportedServicesConfigEntry: // whose kind the type says
		delete(raw, "Kind")
	}
	dec, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
		DecodeHook: mapstructure.StringToTimeDurationHookFunc(), Result: entry, ErrorUnused: true, WeaklyTypedInput: true,
	})
	if err != nil {
		return nil, err
	}
	return entry, dec.Decode(raw)
}
