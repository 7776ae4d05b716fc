package istio

import (
	"slices"

	"github.com/transmesh/transmesh/pkg/diag"
	"github.com/transmesh/transmesh/pkg/source"
)

// unreadSettings are what of MeshConfig changes what becomes of requests, and is not read:
// by key, what it does. Other keys are read, or are about what is recorded, how proxies run,
// and how the control plane finds its objects.
// https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig
var unreadSettings = map[string]string{
	"defaultServiceExportTo":   "it shows Services to callers of some namespaces only",
	"defaultTrafficPolicy":     "it limits and ejects for callers where no DestinationRule does",
	"defaultVisibility":        "it shows objects to some namespaces only",
	"discoverySelectors":       "it hides namespaces from the mesh",
	"h2UpgradePolicy":          "it has callers speak HTTP/2",
	"inboundTrafficPolicy":     "it says what comes in at ports of no Service",
	"localityLbSetting":        "it prefers endpoints by their locality",
	"meshMTLS":                 "it says which versions and ciphers of TLS the mesh speaks",
	"protocolDetectionTimeout": "it says how long connections may be silent before they are taken for others than HTTP",
	"serviceEntryVisibility":   "it shows ServiceEntries to some namespaces only",
	"serviceScopeConfigs":      "it says which Services other clusters see",
	"serviceSettings":          "it keeps calls to Services within the cluster",
	"tcpKeepalive":             "it keeps connections of callers alive",
	"tlsDefaults":              "it says which versions and ciphers of TLS are spoken with others than the mesh",
	"zoneAwareLbSetting":       "it prefers endpoints by their zone",
}

// readRetryKeys are what is read of the default retries.
var readRetryKeys = []string{"attempts", "retryOn"}

// unread tells of settings that are not read.
func (c *configuration) unread(n *source.Node) {
	for _, e := range entries(n) {
		if why := unreadSettings[e.Key]; why != "" {
			c.passedOver(e.Key, why, e.Value)
		}
	}
	for _, e := range entries(n.Get("defaultHttpRetryPolicy")) {
		if !slices.Contains(readRetryKeys, e.Key) {
			c.passedOver("defaultHttpRetryPolicy."+e.Key, "it says how requests are retried by default", e.Value)
		}
	}
}

func (c *configuration) passedOver(key, why string, n *source.Node) {
	c.diags.Add(diag.NotTranslated, key+" of the mesh configuration is not read: "+why, "say it in objects of the mesh where you rely on it", c.ref(n))
}
