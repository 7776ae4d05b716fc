package translate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/transmesh/transmesh/pkg/manifest"
	"github.com/transmesh/transmesh/pkg/mesh/istio"
	"github.com/transmesh/transmesh/pkg/mesh/linkerd"
	"github.com/transmesh/transmesh/pkg/source"
	"go.yaml.in/yaml/v3"
)

// generate writes n documents of Istio in the mix of an ordinary cluster: for
// each service, in namespaces of twenty, a Service, a Deployment, a
// VirtualService with a header canary over subsets, retries and a timeout, a
// DestinationRule, and an AuthorizationPolicy by account, method and path; one
// PeerAuthentication a namespace.
func generate(n int) []byte {
	var b strings.Builder
	for i, docs := 0, 0; docs < n; i++ {
		ns := fmt.Sprintf("team-%03d", i/20)
		if i%20 == 0 {
			fmt.Fprintf(&b, "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: default\n  namespace: %s\nspec:\n  mtls:\n    mode: STRICT\n", ns)
			docs++
		}
		fmt.Fprintf(&b, serviceDocuments, i, ns)
		docs += 5
	}
	return []byte(b.String())
}

const serviceDocuments = `---
apiVersion: v1
kind: Service
metadata:
  name: svc-%[1]d
  namespace: %[2]s
spec:
  selector:
    app: svc-%[1]d
  ports:
  - name: http
    port: 80
    targetPort: 8080
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: svc-%[1]d-v1
  namespace: %[2]s
spec:
  selector:
    matchLabels:
      app: svc-%[1]d
      version: v1
  template:
    metadata:
      labels:
        app: svc-%[1]d
        version: v1
    spec:
      serviceAccountName: svc-%[1]d
      containers:
      - name: app
        image: example.com/svc:v1
        ports:
        - containerPort: 8080
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: svc-%[1]d
  namespace: %[2]s
  labels:
    team: payments
spec:
  hosts:
  - svc-%[1]d
  http:
  # testers first
  - name: canary
    match:
    - headers:
        x-canary:
          exact: "true"
      uri:
        prefix: /api/
    route:
    - destination:
        host: svc-%[1]d
        subset: v2
        port:
          number: 80
  - name: stable
    route:
    - destination:
        host: svc-%[1]d
        subset: v1
        port:
          number: 80
      weight: 90
    - destination:
        host: svc-%[1]d
        subset: v2
        port:
          number: 80
      weight: 10
    timeout: 5s
    retries:
      attempts: 3
      retryOn: 5xx
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: svc-%[1]d
  namespace: %[2]s
spec:
  host: svc-%[1]d
  subsets:
  - name: v1
    labels:
      version: v1
  - name: v2
    labels:
      version: v2
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: svc-%[1]d
  namespace: %[2]s
spec:
  selector:
    matchLabels:
      app: svc-%[1]d
  rules:
  - from:
    - source:
        principals:
        - cluster.local/ns/%[2]s/sa/web
        - cluster.local/ns/%[2]s/sa/admin
    to:
    - operation:
        methods:
        - GET
        paths:
        - /api/items
        - /api/items/*
`

var sizes = []int{1000, 10000}

// translateAll is a whole conversion from text to text, checks on.
func translateAll(data []byte, out io.Writer) {
	objs, problems := source.Parse("bench.yaml", data, source.Options{})
	r := Run(Input{Objects: objs, Problems: problems}, Options{From: istio.Mesh, To: linkerd.Mesh})
	if err := manifest.WriteYAML(out, r.Manifests); err != nil {
		panic(err)
	}
}

// BenchmarkFloor decodes the input and encodes the output of BenchmarkTranslate
// with the YAML library alone, comments kept, on one processor: the least that
// any translator on this library takes.
func BenchmarkFloor(b *testing.B) {
	for _, n := range sizes {
		data := generate(n)
		var text bytes.Buffer
		translateAll(data, &text)
		out := decodeAll(b, text.Bytes())
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			defer perDocument(b, n)()
			for b.Loop() {
				decodeAll(b, data)
				encodeAll(b, out)
			}
		})
	}
}

func decodeAll(b *testing.B, data []byte) []*yaml.Node {
	var docs []*yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
			return docs
		} else if err != nil {
			b.Fatal(err)
		}
		docs = append(docs, &doc)
	}
}

func encodeAll(b *testing.B, docs []*yaml.Node) {
	enc := yaml.NewEncoder(io.Discard)
	enc.SetIndent(2)
	for _, d := range docs {
		if err := enc.Encode(d); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTranslate converts Istio to Linkerd, with all checks, on one
// processor.
func BenchmarkTranslate(b *testing.B) {
	for _, n := range sizes {
		data := generate(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			defer perDocument(b, n)()
			for b.Loop() {
				translateAll(data, io.Discard)
			}
		})
	}
}

// perDocument reports, once it is called back, the processor time that a document
// took: unlike the time of day it does not depend on what else runs.
func perDocument(b *testing.B, n int) (done func()) {
	before := processorTime()
	return func() {
		b.ReportMetric(float64((processorTime()-before).Microseconds())/float64(b.N*n), "cpu-µs/doc")
		b.ReportMetric(0, "ns/op")
	}
}

// BenchmarkProcessors is BenchmarkTranslate in time that passes, on one processor and on
// two.
func BenchmarkProcessors(b *testing.B) {
	data := generate(10000)
	for _, processors := range []int{1, 2} {
		b.Run(fmt.Sprint(processors), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			for b.Loop() {
				translateAll(data, io.Discard)
			}
		})
	}
}
