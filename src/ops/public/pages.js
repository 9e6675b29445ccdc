/** What the pages do beyond links and forms. Without it everything works but for progress that moves by itself. */

for (const box of document.querySelectorAll('input[data-checks]')) {
  const boxes = () => document.querySelectorAll(`input[name="${box.dataset.checks}"]`)
  box.hidden = false
  box.addEventListener('change', () => {
    for (const one of boxes()) one.checked = box.checked
  })
}

for (const live of document.querySelectorAll('[data-live]')) {
  const events = new EventSource(live.dataset.live)
  events.addEventListener('progress', ({ data }) => {
    for (const [name, value] of Object.entries(JSON.parse(data))) {
      const shown = live.querySelector(`[data-shows="${name}"]`)
      if (shown instanceof HTMLProgressElement) shown.value = Number(value)
      else if (shown) shown.textContent = String(value)
    }
  })
  // The page as it stands at the end says more than its figures.
  events.addEventListener('ended', ({ data }) => {
    events.close()
    const { to } = JSON.parse(data)
    if (to) location.replace(to)
    else location.reload()
  })
}
