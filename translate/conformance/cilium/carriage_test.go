package cilium

import (
	"testing"

	"github.com/cilium/cilium/pkg/u8proto"

	"github.com/transmesh/transmesh/translate/conformance/cilium/engine"
)

// TestCarriage holds what ports say of protocols to the engine, of policies as they are
// and as they are written again: TCP, UDP and SCTP where none is said, and ICMP nowhere.
func TestCarriage(t *testing.T) {
	server := engine.Endpoint{Namespace: "shop", Labels: map[string]string{"app": "dns"}}
	client := engine.Endpoint{Namespace: "shop", Labels: map[string]string{"app": "web"}}
	all := []u8proto.U8proto{u8proto.TCP, u8proto.UDP, u8proto.SCTP, u8proto.ICMP}
	for name, c := range map[string]struct {
		entry string
		want  [4]bool // by all
	}{
		"none":             {`toPorts: [{ports: [{port: "53"}]}]`, [4]bool{true, true, true, false}},
		"ANY":              {`toPorts: [{ports: [{port: "53", protocol: ANY}]}]`, [4]bool{true, true, true, false}},
		"TCP":              {`toPorts: [{ports: [{port: "53", protocol: TCP}]}]`, [4]bool{true, false, false, false}},
		"UDP":              {`toPorts: [{ports: [{port: "53", protocol: UDP}]}]`, [4]bool{false, true, false, false}},
		"all ports of TCP": {`toPorts: [{ports: [{port: "0", protocol: TCP}]}]`, [4]bool{true, false, false, false}},
		"a range of all":   {`toPorts: [{ports: [{port: "1", endPort: 65535, protocol: TCP}]}]`, [4]bool{true, false, false, false}},
		"all ports":        {`toPorts: [{ports: [{port: "0"}]}]`, [4]bool{true, true, true, false}},
		"no ports":         {`fromEndpoints: [{}]`, [4]bool{true, true, true, true}},
		"ICMP":             {`icmps: [{fields: [{type: 8}]}]`, [4]bool{false, false, false, true}},
	} {
		policy := "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: dns, namespace: shop}\n" +
			"spec: {endpointSelector: {matchLabels: {app: dns}}, ingress: [{" + c.entry + "}]}\n"
		for when, docs := range map[string][]string{"read": {policy}, "written": printed(t, rewritten([]string{policy}))} {
			e, err := start(docs, []engine.Endpoint{server, client})
			if err != nil {
				t.Fatal(name, err)
			}
			for i, over := range all {
				port := 53
				if over == u8proto.ICMP {
					port = 8
				}
				got, err := e.Judge(engine.Request{From: client, To: server, Port: port, Over: over})
				if err != nil || got.Allowed() != c.want[i] {
					t.Errorf("%s as %s: %v is %+v %v", name, when, over, got, err)
				}
			}
		}
	}
}
