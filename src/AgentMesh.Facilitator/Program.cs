using AgentMesh.Facilitator.Faucet;
using AgentMesh.Facilitator.Faults;
using AgentMesh.Facilitator.Hosting;
using AgentMesh.Facilitator.Ledger;
using AgentMesh.Facilitator.Rpc;
using AgentMesh.Facilitator.Settlement;
using AgentMesh.ServiceDefaults;
using AgentMesh.ServiceDefaults.Health;

if (HealthProbe.IsAsked(args))
    return await HealthProbe.AskAsync(args);

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults();
builder.AddHosting();
builder.Services.AddLedger();
builder.Services.AddSettlement();
builder.Services.AddFaults();

var app = builder.Build();
app.UseServiceDefaults();
app.UseHosting();
app.MapServiceHealth();
app.MapSettlement();
app.MapRpc();
app.MapFaucet();
app.MapFaults();
return await app.RunServiceAsync();
