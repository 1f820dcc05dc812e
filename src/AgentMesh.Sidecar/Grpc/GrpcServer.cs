using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AgentMesh.Sidecar.Grpc;

/// <summary>
/// The gRPC ports, in a web application of their own: gRPC needs ASP.NET's routing, which the HTTP API does without.
/// </summary>
internal static class GrpcServer
{
    public static WebApplication Build(SidecarOptions options, DaprService service, Func<int, AppDefinition> find, ILoggerFactory loggerFactory, Action<KestrelServerOptions, AppDefinition> listen)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggerFactory);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(service);
        builder.Services.AddSingleton<global::Grpc.AspNetCore.Server.Model.IServiceMethodProvider<DaprService>, DaprMethods>();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = (int)Math.Min(int.MaxValue, options.Apps.Max(app => app.MaxBodyBytes));
            grpc.MaxSendMessageSize = null;
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null; // the message's size is limited above
            kestrel.Limits.MaxRequestHeadersTotalSize = options.Apps.Max(app => app.ReadBufferBytes);
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            foreach (var app in options.Apps)
                listen(kestrel, app);
        });
        var server = builder.Build();
        var token = new GrpcToken(options.DaprApiToken);
        var log = new ApiLog(loggerFactory.CreateLogger<ApiLog>(), "gRPC");
        server.Use(next => async context =>
        {
            var app = find(context.Connection.LocalPort);
            var started = app.Metrics.Start();
            await log.RunAsync(context, app, next, static (call, handle) => handle(call));
            app.Metrics.Grpc.CallServed(context, app.Metrics.ElapsedMs(started));
        });
        server.Use(next => context => token.CheckAsync(context, next));
        server.UseRouting();
        server.MapGrpcService<DaprService>();
        return server;
    }
}
