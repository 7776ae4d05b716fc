package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/cilium/cilium/pkg/k8s/apis/cilium.io/client"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// definition is the schema of a kind in one version.
type definition struct {
	values     validation.SchemaValidator
	structural *schema.Structural
	rules      *cel.Validator
}

// definitions are the CRDs that Cilium's agents install, and those of the Gateway
// API, by apiVersion and kind.
var definitions = sync.OnceValues(func() (map[string]definition, error) {
	out := map[string]definition{}
	for _, name := range []string{
		client.CNPCRDName, client.CCNPCRDName, client.CECCRDName, client.CCECCRDName, client.CCGCRDName, client.CLRPCRDName, client.CEGPCRDName,
		client.CGCCCRDName, client.LBIPPoolCRDName, client.L2AnnouncementCRDName, client.CNCCRDName, client.CPIPCRDName, client.CEPCRDName, client.CIDCRDName, client.CNCRDName,
		client.BGPClusterConfigCRDName, client.BGPPeerConfigCRDName, client.BGPAdvertisementCRDName, client.BGPNodeConfigCRDName, client.BGPNodeConfigOverrideCRDName,
	} {
		if err := define(out, client.GetPregeneratedCRD(slog.New(slog.DiscardHandler), name)); err != nil {
			return nil, err
		}
	}
	return out, gatewayDefinitions(out)
})

// gatewayDefinitions adds the experimental channel of the Gateway API, from the
// module that Cilium requires.
func gatewayDefinitions(out map[string]definition) error {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/gateway-api").Output()
	if err != nil {
		return fmt.Errorf("find the Gateway API: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "config/crd/experimental/gateway.networking.*.yaml"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no definitions of the Gateway API: %w", err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		var crd apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(data, &crd); err != nil {
			return err
		}
		if crd.Kind != "CustomResourceDefinition" {
			continue
		}
		if err := define(out, crd); err != nil {
			return err
		}
	}
	return nil
}

// define compiles all versions of a definition, with the defaults of the API.
func define(out map[string]definition, crd apiextensionsv1.CustomResourceDefinition) error {
	for _, v := range crd.Spec.Versions {
		data, err := json.Marshal(v.Schema)
		if err != nil {
			return err
		}
		var outer apiextensionsv1.CustomResourceValidation
		if err := json.Unmarshal(data, &outer); err != nil {
			return err
		}
		var inner apiextensions.CustomResourceValidation
		if err := apiextensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(&outer, &inner, nil); err != nil {
			return err
		}
		values, _, err := validation.NewSchemaValidator(inner.OpenAPIV3Schema)
		if err != nil {
			return err
		}
		structural, err := schema.NewStructural(inner.OpenAPIV3Schema)
		if err != nil {
			return err
		}
		key := crd.Spec.Group + "/" + v.Name + " " + crd.Spec.Names.Kind
		out[key] = definition{values, structural, cel.NewValidator(structural, true, celconfig.PerCallLimit)}
	}
	return nil
}

// Defined reports whether a kind is one of Cilium's or the Gateway API's in a
// version that is served.
func Defined(apiVersion, kind string) bool {
	all, err := definitions()
	_, ok := all[apiVersion+" "+kind]
	return err == nil && ok
}

// Validate is what an API server has against an object: types, enumerations,
// bounds, rules in CEL, and fields that do not exist. Kinds without a definition
// pass.
func Validate(object map[string]any) error {
	all, err := definitions()
	if err != nil {
		return err
	}
	d, ok := all[fmt.Sprintf("%v %v", object["apiVersion"], object["kind"])]
	if !ok {
		return nil
	}
	object = runtime.DeepCopyJSON(object)
	var faults []error
	for _, path := range pruning.PruneWithOptions(object, d.structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		faults = append(faults, fmt.Errorf("%s: no such field", path))
	}
	defaulting.PruneNonNullableNullsWithoutDefaults(object, d.structural)
	defaulting.Default(object, d.structural)
	for _, e := range validation.ValidateCustomResource(nil, object, d.values) {
		faults = append(faults, e)
	}
	if d.rules != nil && len(faults) == 0 {
		errs, _ := d.rules.Validate(context.Background(), nil, d.structural, object, nil, celconfig.RuntimeCELCostBudget)
		for _, e := range errs {
			faults = append(faults, e)
		}
	}
	return errors.Join(faults...)
}
