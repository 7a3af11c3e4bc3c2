#!/usr/bin/python3
"""Looks at /docs and /redoc of a running server with headless Chromium.

    Tests/browser/docs_pages.py http://127.0.0.1:8080 [folder for screenshots]

Needs Debian's chromium, chromium-driver and python3-selenium. Prints a line for each fact and ends with 1 if one is
false. It calls nothing on the server but GET /openapi.json, by pressing Execute.
"""

import json
import os
import sys
import urllib.parse
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

DEADLINE_SECONDS = 20
READY_MILLISECONDS_MAX = 5000

# Contrast by WCAG 2.2 §1.4.3, measured on what is visible: text against the nearest ground that is not transparent.
CONTRAST = """
const channel = (c) => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
const parse = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
};
const light = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
const poor = [];
for (const node of document.querySelectorAll('body *')) {
    const text = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    const box = node.getBoundingClientRect();
    if (!text || box.width < 2 || box.height < 2 || box.bottom < 0 || box.top > innerHeight || !node.checkVisibility()) continue;
    let ground = null;
    for (let at = node; at && !ground; at = at.parentElement) {
        const colour = parse(getComputedStyle(at).backgroundColor);
        if (colour[3] > 250) ground = colour;
    }
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(ground ?? [255, 255, 255])];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(node.tagName + '.' + node.className + ' ' + ratio.toFixed(2) + ' ' + node.textContent.slice(0, 20));
}
return poor.slice(0, 5);
"""

NAMELESS = """
return [...document.querySelectorAll('button, a[href], input, select, textarea')].filter((node) => {
    if (!node.checkVisibility()) return false;
    const label = node.labels?.length ? node.labels[0].textContent : '';
    return !(node.textContent.trim() || node.getAttribute('aria-label') || label.trim() || node.title);
}).map((node) => node.outerHTML.slice(0, 80)).slice(0, 5);
"""


class Check:
    def __init__(self, base, shots):
        self.base = base.rstrip("/")
        self.shots = shots
        self.faults = 0
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in ["--headless=new", "--disable-dev-shm-usage", "--window-size=1440,1000"]:
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # Chromium's sandbox does not run as root
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        with urllib.request.urlopen(self.base + "/openapi.json", timeout=DEADLINE_SECONDS) as answer:
            self.document = json.load(answer)
        self.ids = [
            operation["operationId"]
            for item in self.document["paths"].values()
            for method, operation in item.items()
            if method in ("get", "post", "put", "patch", "delete")
        ]

    def says(self, fact, truth, detail=""):
        print(("ok    " if truth else "FALSE ") + fact + (f": {detail}" if detail != "" and not truth else ""))
        self.faults += not truth

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def until(self, condition):
        return WebDriverWait(self.driver, DEADLINE_SECONDS, 0.05).until(condition)

    def open(self, path):
        self.driver.get("about:blank")
        self.driver.get(self.base + path)
        self.until(lambda _: self.script(
            "return document.documentElement.dataset.ready || document.querySelector('[role=alert]')"))

    def shot(self, name):
        if self.shots:
            os.makedirs(self.shots, exist_ok=True)
            self.driver.save_screenshot(os.path.join(self.shots, name + ".png"))

    def theme(self, name):
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": name}]})

    def page(self, path, name):
        """What must hold of both pages."""
        self.open(path)
        self.says(f"{path} loads its operations", self.script("return document.documentElement.dataset.ready") == "true")
        took = self.script("return performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        self.says(f"{path} is there in time", took < READY_MILLISECONDS_MAX, f"{took:.0f} ms")
        listed = self.script("return [...document.querySelectorAll('nav a')].map((link) => link.hash.slice(1))")
        self.says(f"{path} lists every operation once", sorted(listed) == sorted(self.ids), f"{len(listed)} of {len(self.ids)}")
        self.says(f"{path} names every control", self.script(NAMELESS) == [], self.script(NAMELESS))
        for theme in ("light", "dark"):
            self.theme(theme)
            poor = self.script(CONTRAST)
            self.says(f"{path} has contrast in {theme}", poor == [], poor)
            self.shot(f"{name}-{theme}")
        self.theme("light")
        search = self.driver.find_element(By.ID, "search")
        self.driver.find_element(By.TAG_NAME, "body").send_keys("/")
        self.says(f"{path} searches on /", self.script("return document.activeElement.id") == "search")
        search.send_keys("openapi.json")
        self.until(lambda _: self.script("return document.querySelectorAll('nav li:not([hidden])').length") < len(self.ids))
        left = self.script("return [...document.querySelectorAll('nav li:not([hidden]) a')].map((a) => a.title)")
        self.says(f"{path} finds what is searched for", "GET /openapi.json" in left, left[:5])
        search.send_keys(Keys.ESCAPE)
        self.until(lambda _: self.script("return document.querySelectorAll('nav li:not([hidden])').length") == len(self.ids))
        self.driver.set_window_size(420, 900)
        wide = self.script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        self.says(f"{path} fits a telephone", wide <= 0, f"{wide} px too wide")
        self.shot(f"{name}-narrow")
        self.driver.set_window_size(1440, 1000)

    def explore(self):
        self.page("/docs", "docs")
        operation = self.document["paths"]["/openapi.json"]["get"]["operationId"]
        self.open("/docs#" + operation)
        article = self.driver.find_element(By.ID, operation)
        self.says("a deep link opens its operation", article.find_elements(By.CLASS_NAME, "panel") != [])
        article.find_element(By.CSS_SELECTOR, "button.primary").click()
        self.until(lambda _: article.find_elements(By.CSS_SELECTOR, ".answer .status"))
        self.until(lambda _: article.find_elements(By.CSS_SELECTOR, ".answer pre"))
        self.says("Execute shows the status", article.find_element(By.CSS_SELECTOR, ".answer .status").text == "200")
        self.says("Execute shows the body", '"openapi"' in article.find_element(By.CSS_SELECTOR, ".answer pre").text)
        self.says("the command is curl's", article.find_element(By.CSS_SELECTOR, ".command pre").text
                  == f"curl '{self.base}/openapi.json'", article.find_element(By.CSS_SELECTOR, ".command pre").text)
        self.driver.find_element(By.CSS_SELECTOR, ".sign-in").click()
        key = self.driver.find_element(By.ID, "auth-key")
        key.send_keys("pgs_of_a_test")
        key.submit()
        self.says("a key is kept for the tab", self.driver.find_element(By.CSS_SELECTOR, ".sign-in").text == "Signed in")
        opened = self.script("""
            const faults = [];
            for (const article of document.querySelectorAll('.operation')) {
                const button = article.querySelector('h3 button');
                if (button.getAttribute('aria-expanded') === 'false') button.click();
                if (!article.querySelector('.panel')) faults.push(article.id);
            }
            return faults;""")
        self.says("every operation opens", opened == [], opened[:5])
        twice = self.script("""
            const ids = new Set();
            const twice = [];
            for (const node of document.querySelectorAll('[id]')) { if (ids.has(node.id)) twice.push(node.id); ids.add(node.id); }
            return twice;""")
        self.says("no two elements share an id", twice == [], twice[:5])

    def reference(self):
        self.page("/redoc", "redoc")
        for operation in (self.ids[0], self.ids[len(self.ids) // 2], self.ids[-1]):
            self.open("/redoc#" + urllib.parse.quote(operation))
            self.until(lambda _: self.script("return document.getElementById(arguments[0]).classList.contains('built')", operation))
            top = self.script("""
                return document.getElementById(arguments[0]).getBoundingClientRect().top""", operation)
            at_end = self.script("return Math.ceil(scrollY + innerHeight) >= document.documentElement.scrollHeight - 2")
            self.says(f"a deep link leads to {operation}", 0 <= top < 200 or at_end, f"{top} px from the top")
        for label in ("JavaScript", "Python", "curl"):
            self.script("document.querySelector(`.entry.built input[value=\"${arguments[0]}\"]`).click()", label)
            shown = self.script("return document.querySelector('.entry.built .samples figcaption span').textContent")
            self.says(f"samples are shown in {label}", shown == label + " sample", shown)
        faults = self.script("return [...document.querySelectorAll('.samples pre')].filter((pre) => !pre.textContent.trim()).length")
        self.says("no sample is empty", faults == 0)

    def finish(self):
        # Opening every operation at once changes the address faster than Chromium likes; no person does.
        log = [line["message"] for line in self.driver.get_log("browser")
               if line["level"] in ("SEVERE", "WARNING") and "Throttling navigation" not in line["message"]]
        self.says("the console is silent", log == [], log[:5])
        hosts = set()
        for line in self.driver.get_log("performance"):
            message = json.loads(line["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                hosts.add(urllib.parse.urlsplit(message["params"]["request"]["url"]).netloc)
        # What the browser itself asks its maker is not the page's doing.
        hosts -= {"", urllib.parse.urlsplit(self.base).netloc}
        self.says("no other host is asked", not hosts, hosts)
        self.driver.quit()
        return 1 if self.faults else 0


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    check = Check(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else None)
    check.explore()
    check.reference()
    return check.finish()


if __name__ == "__main__":
    sys.exit(main())
