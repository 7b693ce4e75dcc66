// The windows through which every page is looked at.
export const views = [
  { name: 'desktop-light', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { name: 'desktop-dark', viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  { name: 'phone-light', viewport: { width: 320, height: 640 }, colorScheme: 'light', hasTouch: true },
  { name: 'phone-dark', viewport: { width: 320, height: 640 }, colorScheme: 'dark', hasTouch: true },
]

export const [desktop, , phone] = views
