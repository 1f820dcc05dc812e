using AgentMesh.Payments;
using AgentMesh.ServiceDefaults;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Health;

if (HealthProbe.IsAsked(args))
    return await HealthProbe.AskAsync(args);

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults();
builder.AddAppListener(PaymentsFeature.DefaultPort, PaymentsFeature.MaxBodyBytes);
builder.Services.AddPayments();

var app = builder.Build();
app.UseServiceDefaults();
app.MapServiceHealth();
app.MapPayments();
return await app.RunServiceAsync();
