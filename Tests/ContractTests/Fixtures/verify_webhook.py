import hashlib, hmac, json

def signed(data, secret):
    return "sha256=" + hmac.new(secret, data, hashlib.sha256).hexdigest()

def verify(raw, header, secret):
    unsigned = raw[: raw.rindex(b',"signature":')] + b"}"
    in_body = json.loads(raw)["signature"]
    return hmac.compare_digest(header, signed(raw, secret)) and hmac.compare_digest(in_body, signed(unsigned, secret))
