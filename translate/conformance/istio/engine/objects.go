// Package engine asks Istio's own code: what it accepts, and what it tells the
// proxies to let in.
package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/config/schema/resource"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// Domain is the cluster's.
const Domain = "cluster.local"

// Object is a manifest of one of Istio's kinds as Istio's controllers hold it.
type Object struct {
	config.Config
	schema resource.Schema
}

// Parse reads the documents that are of Istio's kinds. Objects without a
// namespace are in "default".
func Parse(manifests []byte) ([]Object, error) {
	var out []Object
	docs := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(manifests), 512*1024)
	for {
		var kind crd.IstioKind
		switch err := docs.Decode(&kind); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		}
		gvk := kind.GroupVersionKind()
		schema, known := collections.PilotGatewayAPI().FindByGroupVersionAliasesKind(resource.FromKubernetesGVK(&gvk))
		if !known {
			continue
		}
		if kind.Namespace == "" {
			kind.Namespace = "default"
		}
		c, err := crd.ConvertObject(schema, &kind, Domain)
		if err != nil {
			return nil, fmt.Errorf("%s %s/%s: %w", kind.Kind, kind.Namespace, kind.Name, err)
		}
		out = append(out, Object{*c, schema})
	}
}

// Validate is what Istio's admission webhook says of an object; nil where it
// accepts.
func (o Object) Validate() error {
	_, err := o.schema.ValidateConfig(o.Config)
	if err != nil {
		return fmt.Errorf("%s %s/%s: %w", o.GroupVersionKind.Kind, o.Namespace, o.Name, err)
	}
	return nil
}
