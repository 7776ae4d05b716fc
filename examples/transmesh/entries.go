package main

import (
	"fmt"
	"slices"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/consul"
	"github.com/transmesh/transmesh/translate"
)

// asEntries checks the form in which Consul's configuration is asked for.
func (v *convert) asEntries(o translate.Options) error {
	switch v.consulFormat {
	case "crd":
		return nil
	case "json", "hcl":
	default:
		return fmt.Errorf("--consul-format: %q is not crd, json or hcl", v.consulFormat)
	}
	if o.To.Name != consul.Name {
		return fmt.Errorf("--consul-format is for --to consul")
	}
	return nil
}

// entries says custom resources as configuration entries. Objects of Kubernetes
// beside them stay what they are: on a stream of JSON they follow, and in HCL,
// which has no such objects, they need a folder to be written to.
func (d *delivery) entries(format string) {
	entries, rest := consul.Entries(d.manifests)
	d.format = format
	if format == "hcl" {
		d.others, d.othersFormat = slices.Concat(rest, d.patches), "yaml"
		d.manifests, d.patches = entries, nil
		if d.output == "" || d.single() {
			d.manifests = []*manifest.Object{consul.Bootstrap(entries)}
		}
		return
	}
	d.manifests = slices.Concat(entries, rest)
}
