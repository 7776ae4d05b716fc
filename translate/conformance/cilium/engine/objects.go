package engine

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"

	ciliumv2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	"github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2/validator"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// schemas are the validators of the CRDs' structural schemas, which also find
// unknown fields.
var schemas = sync.OnceValue(func() *validator.NPValidator {
	v, err := validator.NewNPValidator(slog.New(slog.DiscardHandler))
	if err != nil {
		panic(err)
	}
	return v
})

// Apply validates one manifest as the API server and the agent do, and puts it
// into force if it is a policy of Cilium. Objects of other kinds are left out.
func (c *Cluster) Apply(manifest []byte) error {
	var u unstructured.Unstructured
	if err := yaml.Unmarshal(manifest, &u.Object); err != nil {
		return err
	}
	switch u.GetKind() {
	case "CiliumNetworkPolicy":
		return c.applyNamespaced(&u)
	case "CiliumClusterwideNetworkPolicy":
		return c.applyClusterwide(&u)
	}
	return nil
}

func (c *Cluster) applyNamespaced(u *unstructured.Unstructured) error {
	if err := schemas().ValidateCNP(u); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	var p ciliumv2.CiliumNetworkPolicy
	if err := convert(u, &p); err != nil {
		return err
	}
	rules, err := p.Parse(c.logger, ClusterName)
	if err != nil {
		return fmt.Errorf("sanitize: %w", err)
	}
	c.load("cnp", p.Namespace, p.Name, rules)
	return nil
}

func (c *Cluster) applyClusterwide(u *unstructured.Unstructured) error {
	if err := schemas().ValidateCCNP(u); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	var p ciliumv2.CiliumClusterwideNetworkPolicy
	if err := convert(u, &p); err != nil {
		return err
	}
	rules, err := p.Parse(c.logger, ClusterName)
	if err != nil {
		return fmt.Errorf("sanitize: %w", err)
	}
	c.load("ccnp", "", p.Name, rules)
	return nil
}

func convert(u *unstructured.Unstructured, to any) error {
	data, err := json.Marshal(u.Object)
	if err != nil {
		return err
	}
	return yaml.UnmarshalStrict(data, to)
}
