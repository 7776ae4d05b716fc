package engine

import (
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Headers by which a request tells the servers what to do. None of them is a
// condition of anything.
const (
	headerID     = "X-Referee-Id"     // by which what arrives is remembered
	headerAnswer = "X-Referee-Answer" // the status to answer with; 200 if absent
	headerGive   = "X-Referee-Give"   // headers of the response: names with commas between
	given        = "given"            // their value
)

// Seen is a request as it reached a server.
type Seen struct {
	Cluster, Method, Path, Host string
	Header                      http.Header
	HTTP2                       bool
}

// Upstream is one server for each cluster, which answers with what it saw.
type Upstream struct {
	t    testing.TB
	mu   sync.Mutex
	port map[string]int
	seen map[string][]Seen // by the request's id
}

// NewUpstream has servers that stop when the test ends.
func NewUpstream(t testing.TB) *Upstream {
	return &Upstream{t: t, port: map[string]int{}, seen: map[string][]Seen{}}
}

// Port is where the server of a cluster listens, which is started on demand.
func (u *Upstream) Port(cluster string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	if p := u.port[cluster]; p != 0 {
		return p
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		u.t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { u.serve(cluster, w, r) }), Protocols: new(http.Protocols)}
	s.Protocols.SetHTTP1(true)
	s.Protocols.SetUnencryptedHTTP2(true)
	go func() { _ = s.Serve(l) }()
	u.t.Cleanup(func() { _ = s.Close() })
	u.port[cluster] = l.Addr().(*net.TCPAddr).Port
	return u.port[cluster]
}

func (u *Upstream) serve(cluster string, w http.ResponseWriter, r *http.Request) {
	own := Seen{cluster, r.Method, r.RequestURI, r.Host, r.Header, r.ProtoMajor == 2}
	if id := r.Header.Get(headerID); id != "" {
		u.mu.Lock()
		u.seen[id] = append(u.seen[id], own)
		u.mu.Unlock()
	}
	for _, name := range strings.Split(r.Header.Get(headerGive), ",") {
		if name != "" {
			w.Header().Add(name, given)
		}
	}
	if status, err := strconv.Atoi(r.Header.Get(headerAnswer)); err == nil {
		w.WriteHeader(status)
	}
	_ = json.NewEncoder(w).Encode(own)
}

// Arrived are all requests with an id that reached a server: tries that failed and
// copies too.
func (u *Upstream) Arrived(id string) []Seen {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]Seen(nil), u.seen[id]...)
}
