using AgentMesh.X402.AspNetCore;
using AgentMesh.X402.Networks;

// An app of its own, without Dapr and without the mesh: what it needs of x402 is a facilitator.
var builder = WebApplication.CreateSlimBuilder(args);
var settings = builder.Configuration.GetSection("X402");
builder.Services.AddX402(options =>
{
    settings.Bind(options);
    options.Tokens.Add(KnownAssets.UsdcOnBaseSepolia);
});

var app = builder.Build();
app.MapGet("/", () => "GET /forecast/{city} costs 0.10 USDC.");
app.MapGet("/forecast/{city}", (string city) => $"Tomorrow {city} has weather.").RequirePayment("0.10");
app.MapPost("/shout", (string text) => text.ToUpperInvariant()).RequirePayment(context => context.Request.Query["text"].ToString().Length > 100 ? "0.02" : "0.01");
await app.RunAsync();
