package engine

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Request is what is sent, byte by byte as it stands here.
type Request struct {
	Method, Path, Host string
	Headers            [][2]string
	// Answer is the status that servers answer with; 0 is 200.
	Answer int
	// Give are the names of headers that servers answer with.
	Give []string
}

// Response is what came back.
type Response struct {
	Status int
	Header http.Header
	Body   string
	// Seen is what the server saw; nil where none answered.
	Seen *Seen
	// ID is the request's.
	ID string
	// Took is how long that took.
	Took time.Duration
}

var lastID atomic.Int64

// Client is a connection to a listener, which is opened again where it was closed.
type Client struct {
	address string
	conn    net.Conn
	in      *bufio.Reader
}

// Client connects to a listener.
func (e *Envoy) Client(listener string) *Client { return &Client{address: e.addresses[listener]} }

// Close ends the connection.
func (c *Client) Close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

// patience bounds one exchange.
const patience = 20 * time.Second

// Send sends a request and waits for the answer.
func (c *Client) Send(r Request) (Response, error) {
	fresh := c.conn == nil
	out, err := c.exchange(r)
	if err != nil {
		c.Close()
	}
	if err != nil && !fresh { // an idle connection may be closed
		if out, err = c.exchange(r); err != nil {
			c.Close()
		}
	}
	return out, err
}

func (c *Client) exchange(r Request) (Response, error) {
	if c.conn == nil {
		conn, err := net.Dial("tcp", c.address)
		if err != nil {
			return Response{}, err
		}
		c.conn, c.in = conn, bufio.NewReader(conn)
	}
	out := Response{ID: strconv.FormatInt(lastID.Add(1), 10)}
	began := time.Now()
	if err := c.conn.SetDeadline(began.Add(patience)); err != nil {
		return out, err
	}
	if _, err := io.WriteString(c.conn, r.text(out.ID)); err != nil {
		return out, err
	}
	resp, err := http.ReadResponse(c.in, &http.Request{Method: r.Method})
	if err != nil {
		return out, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return out, err
	}
	out.Status, out.Header, out.Body, out.Took = resp.StatusCode, resp.Header, string(body), time.Since(began)
	if resp.Close {
		c.Close()
	}
	var seen Seen
	if json.Unmarshal(body, &seen) == nil && seen.Cluster != "" {
		out.Seen = &seen
	}
	return out, nil
}

// text is the request on the wire, without a body.
func (r Request) text(id string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n%s: %s\r\n", r.Method, r.Path, r.Host, headerID, id)
	if r.Answer != 0 {
		fmt.Fprintf(&b, "%s: %d\r\n", headerAnswer, r.Answer)
	}
	if len(r.Give) > 0 {
		fmt.Fprintf(&b, "%s: %s\r\n", headerGive, strings.Join(r.Give, ","))
	}
	for _, h := range r.Headers {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	if r.Method == "POST" || r.Method == "PUT" || r.Method == "PATCH" {
		b.WriteString("Content-Length: 0\r\n")
	}
	b.WriteString("\r\n")
	return b.String()
}
