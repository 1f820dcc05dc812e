using System.Globalization;
using System.Net;
using System.Text.Json;
using AgentMesh.Testing.ProbeApp;

// PROBE_JOURNAL: the folder of what reached the app. PROBE_FENCE: the fencing store's address, for actors of type Fenced.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, builder.Configuration.GetValue<int>("APP_PORT")));
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(_ => new Journal(builder.Configuration["PROBE_JOURNAL"] ?? throw new InvalidOperationException("PROBE_JOURNAL is not set.")));
builder.Services.AddSingleton(_ => new FencingClient(new HttpClient { BaseAddress = new Uri(builder.Configuration["PROBE_FENCE"] ?? throw new InvalidOperationException("PROBE_FENCE is not set.")) }));
builder.Services.AddActors(options =>
{
    options.Actors.RegisterActor<ProbeActor>();
    options.Actors.RegisterActor<FencedActor>();
});

var app = builder.Build();
app.MapGet("/healthz", () => Results.Ok());
app.MapActorsHandlers();
// A whole number is handled; below zero is an event that nobody can handle.
app.MapPost("/events", async (JsonElement cloudEvent, Journal journal, TimeProvider timeProvider) =>
{
    var number = cloudEvent.GetProperty("data").GetInt32();
    if (number < 0)
        return Results.StatusCode(StatusCodes.Status500InternalServerError);
    // So that a kill finds events in the app's hands.
    await Task.Delay(TimeSpan.FromMilliseconds(20), timeProvider);
    journal.Append("event", number.ToString(CultureInfo.InvariantCulture), timeProvider.GetUtcNow());
    return Results.Ok();
});
app.MapPost("/dead", (JsonElement cloudEvent, Journal journal, TimeProvider timeProvider) =>
{
    journal.Append("dead", cloudEvent.GetProperty("data").GetRawText(), timeProvider.GetUtcNow());
    return Results.Ok();
});
await app.RunAsync();
