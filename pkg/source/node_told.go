package source

import (
	"strings"
)

// want checks the kind and records a problem.
func (n *Node) want(k Kind, name string) bool {
	if n.kind() == k {
		n.visit()
		return true
	}
	n.fail(name)
	return false
}

func (n *Node) fail(want string) { n.reject(WrongType, "is not "+want) }

// Reject records that the value cannot stand there, as a clause such as "is not
// a port number"; it is reported at the value's position, and Problems lists it.
func (n *Node) Reject(why string) { n.reject(WrongValue, why) }

// RejectRegex is Reject for a regular expression that does not compile.
func (n *Node) RejectRegex(err error) { n.reject(BadRegex, NoRegex(err)) }

// NoRegex is the clause that says why a text is no regular expression.
func NoRegex(err error) string {
	return "is no RE2 expression: " + strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

// RejectField is Reject for the value of a key that does not exist; why is a sentence
// that says what becomes of the object.
func (n *Node) RejectField(why string) { n.reject(NoField, why) }

// RejectVersion is RejectField where another version of the definition has the key, which
// the sentence names.
func (n *Node) RejectVersion(why string) { n.reject(OtherVersion, why) }

// reject records the first problem of a value.
func (n *Node) reject(about ProblemKind, why string) {
	if n == nil {
		return
	}
	n.MarkRead()
	if to := n.note(); to.problem == "" {
		to.problem, to.about = why, about
	}
}

// MarkRead marks the value and all below it as read, for who takes a subtree as a whole. What was skipped stays so;
// of a missing value there is nothing to mark.
func (n *Node) MarkRead() {
	if n == nil {
		return
	}
	if n.state == unread {
		n.state = read
	}
	for _, k := range n.held() {
		k.MarkRead()
	}
}

// Skip marks a subtree as knowingly ignored, and says why: it only identifies,
// or the API server sets it.
func (n *Node) Skip(why string) { n.mark(skipped, why) }

// Inert marks a subtree as without effect in the source mesh, and says why. The
// reader adds a finding.
func (n *Node) Inert(why string) { n.mark(inert, why) }

// Withhold marks a subtree as set aside, because the input does not tell which of
// several objects counts, and says why. The reader adds a finding of its order.
func (n *Node) Withhold(why string) { n.mark(withheld, why) }

func (n *Node) mark(s state, why string) {
	if n != nil {
		n.state, n.note().why = s, why
	}
}

// forget takes back what was marked of the value and all below it; problems stay.
func (n *Node) forget() {
	n.state = unread
	if n.notes != nil {
		n.notes.why = ""
	}
	for _, k := range n.held() {
		k.forget()
	}
}
