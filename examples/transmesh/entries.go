package main

import (
	"fmt"
	"slices"
	"strings"

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

// entries says custom resources as configuration entries. A folder gets one file an
// entry, and Kubernetes' objects besides in a folder of their own; a stream or a file is
// the part of an agent's configuration that brings the entries into being, which has no
// place for other objects.
func (d *delivery) entries(format string) {
	entries, rest := consul.Entries(d.manifests)
	d.format, d.others = format, slices.Concat(rest, d.patches)
	d.manifests, d.patches, d.whole = entries, nil, consul.Bootstrap(entries)
}

// entriesLeft tells of configuration entries among custom resources: kept as they were
// read, they are no objects of Kubernetes; "" if there are none.
func (d delivery) entriesLeft() string {
	var left []*manifest.Object
	for _, m := range d.manifests {
		if d.whole == nil && m.APIVersion == "" {
			left = append(left, m)
		}
	}
	if len(left) == 0 {
		return ""
	}
	more := ""
	if n := len(left) - 1; n > 0 {
		more = fmt.Sprintf(", and %d more", n)
	}
	return fmt.Sprintf("configuration entries that stay as they are have no apiVersion, so that kubectl does not take %s %s%s: have all as entries by --consul-format hcl or json",
		left[0].Kind, left[0].Name, more)
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
