/* The page without network: whom to ring, what waits on the device, and back as soon as the network is. */

const show = (name, work) => {
  const place = document.querySelector(`[data-${name}]`);
  work(place);
  place.hidden = false;
};

try {
  const phone = localStorage.getItem("duty-phone");
  if (phone) {
    show("room", (place) => {
      place.querySelector("a").href = `tel:${phone}`;
      place.querySelector("[data-number]").textContent = phone;
    });
  }
} catch (error) { /* no storage: nothing is known */ }

/** What nobody has written yet is not made here. */
function waiting() {
  return new Promise((resolve) => {
    const request = indexedDB.open("outbox");
    request.onupgradeneeded = () => request.transaction.abort();
    request.onerror = () => resolve(0);
    request.onsuccess = () => {
      const items = request.result.transaction("items").objectStore("items").getAll();
      items.onerror = () => resolve(0);
      items.onsuccess = () => resolve(items.result.filter((item) => item.state === "waiting" && !item.quiet).length);
    };
  });
}

waiting().then((count) => {
  if (count) show("waiting", (place) => place.querySelectorAll("[data-count]").forEach((mark) => { mark.textContent = count; }));
}).catch(() => {});

window.addEventListener("online", () => location.reload());
