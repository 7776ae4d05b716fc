package main

import (
	"fmt"
	"slices"
	"strings"

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

// entries says custom resources as configuration entries. A folder gets one file an
// entry, and Kubernetes' objects besides in a folder of their own; a stream or a file is
// the part of an agent's configuration that brings the entries into being, which has no
// place for other objects.
func (d *delivery) entries(format string) {
	entries, rest := consul.Entries(d.manifests)
	d.format, d.others = format, slices.Concat(rest, d.patches)
	d.manifests, d.patches, d.whole = entries, nil, consul.Bootstrap(entries)
}

// unsaid tells of objects that a stream of configuration entries has no place for; ""
// if there are none.
func (d delivery) unsaid() string {
	if len(d.others) == 0 || d.output != "" && !d.single() {
		return ""
	}
	o := d.others[0]
	return fmt.Sprintf("objects of Kubernetes have no place among configuration entries, and %d are not written, such as %s %s: name a folder with -o to have them",
		len(d.others), o.Kind, strings.TrimPrefix(o.Namespace+"/"+o.Name, "/"))
}
