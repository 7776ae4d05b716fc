package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func Example() {
	dir, err := os.MkdirTemp("", "transmesh")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "reviews.yaml")
	if err := os.WriteFile(file, []byte(`apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - timeout: 2s
    route:
    - destination: {host: reviews, port: {number: 80}}
`), 0o600); err != nil {
		panic(err)
	}
	if _, err := convert([]string{file}, os.Stdout, io.Discard); err != nil {
		panic(err)
	}
	// Output:
	// apiVersion: gateway.networking.k8s.io/v1
	// kind: HTTPRoute
	// metadata:
	//   name: reviews
	//   namespace: shop
	// spec:
	//   parentRefs:
	//   - group: ""
	//     kind: Service
	//     name: reviews
	//   rules:
	//   - backendRefs:
	//     - name: reviews
	//       port: 80
	//     timeouts:
	//       request: 2s
}

func TestConvert(t *testing.T) {
	if _, err := convert([]string{"missing.yaml"}, io.Discard, io.Discard); !os.IsNotExist(err) {
		t.Errorf("a missing file: %v", err)
	}
	files, err := filepath.Glob("../../shop/istio/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no shop", err)
	}
	var out, findings strings.Builder
	same, err := convert(files, &out, &findings)
	if err != nil || same || !strings.Contains(findings.String(), "error[withheld]") || !strings.Contains(out.String(), "kind: Server") ||
		!strings.Contains(out.String(), "config.linkerd.io/default-inbound-policy: deny") {
		t.Errorf("the shop: same %v, %v\n%s", same, err, findings.String())
	}
}
