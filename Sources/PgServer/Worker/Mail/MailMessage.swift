/// A mail as it is sent (RFC 5322 and MIME): ASCII in lines that end with CRLF.
enum MailMessage {
    /// What divides the two forms of a text. No encoding ever writes `=_`, so no text can hold it (RFC 2045 §6.7).
    private static let boundary = "=_alternative"

    /// - Parameter unixSeconds: when it is sent.
    static func bytes(_ mail: MailEffect, unixSeconds: Int64) -> [UInt8] {
        var out = header(mail, unixSeconds: unixSeconds)
        switch (mail.text, mail.html) {
        case (let text?, let html?):
            out += Array("Content-Type: multipart/alternative; boundary=\"\(boundary)\"\r\n\r\n".utf8)
            out += Array("--\(boundary)\r\n".utf8)
            append(text, type: "plain", to: &out)
            out += Array("\r\n--\(boundary)\r\n".utf8)
            append(html, type: "html", to: &out)
            out += Array("\r\n--\(boundary)--\r\n".utf8)
        case (nil, let html?): append(html, type: "html", to: &out)
        case (let text, nil): append(text ?? "", type: "plain", to: &out)
        }
        return out
    }

    private static func header(_ mail: MailEffect, unixSeconds: Int64) -> [UInt8] {
        var out = Array("Date: ".utf8)
        HTTPDate.append(unixSeconds: unixSeconds, to: &out)
        out.removeLast(3)  // RFC 5322 §3.3 has a number for the zone
        out += Array("+0000\r\n".utf8)
        var from = MailField("From")
        from.append(mail.sender)
        out += from.line
        var to = MailField("To")
        for (index, recipient) in mail.recipients.enumerated() {
            if index > 0 { to.append(token: ", ") }
            to.append(recipient)
        }
        out += to.line
        var subject = MailField("Subject")
        subject.append(text: mail.subject)
        out += subject.line
        out += Array("Message-ID: \(mail.messageID)\r\n".utf8)
        for (name, value) in mail.fields {
            var field = MailField(name)
            if name.lowercased() == "reply-to", let mailbox = MailAddress(parsing: value) {
                field.append(mailbox)
            } else {
                field.append(text: value)
            }
            out += field.line
        }
        return out + Array("MIME-Version: 1.0\r\n".utf8)
    }

    /// One part: what it is, an empty line, and its text.
    private static func append(_ text: String, type: String, to out: inout [UInt8]) {
        let bytes = Array(text.utf8)
        let encoding = TransferEncoding.best(for: bytes)
        out += Array("Content-Type: text/\(type); charset=utf-8\r\n".utf8)
        out += Array("Content-Transfer-Encoding: \(encoding.rawValue)\r\n\r\n".utf8)
        encoding.append(bytes, to: &out)
    }
}
