/* The page /api/docs/: Swagger UI over our own description. Its bundle is a classic script, deferred before this one. */

const place = document.querySelector("[data-api-docs]");

// Swagger UI knows dark by this class alone; our pages know it by the reader's choice, else by the device.
const theme = document.documentElement.dataset.theme;
const dark = theme === "dark" || (theme !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.classList.toggle("dark-mode", dark);

window.SwaggerUIBundle({
  url: place.dataset.apiDocs,
  domNode: place,
  // Else it may ask a host elsewhere whether the description is well formed.
  validatorUrl: null,
  queryConfigEnabled: false,
  supportedSubmitMethods: [],
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  filter: true,
  deepLinking: true,
  showExtensions: true,
  // A token typed here would be of no use, as nothing is sent; the title stands above.
  plugins: [{
    wrapComponents: {
      authorizeBtn: () => () => null, authorizeOperationBtn: () => () => null, InfoContainer: () => () => null,
    },
    statePlugins: { spec: { wrapSelectors: { securityDefinitions: () => () => null } } },
  }],
});
