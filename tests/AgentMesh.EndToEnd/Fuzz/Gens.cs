using CsCheck;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>What generators are put together with, beside CsCheck's own.</summary>
internal static class Gens
{
    /// <summary>One of the values.</summary>
    public static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(n => values[n]);

    /// <summary>What one of the generators makes.</summary>
    public static Gen<T> OneOf<T>(params Gen<T>[] gens) => Gen.Int[0, gens.Length - 1].SelectMany(n => gens[n]);

    /// <summary>What one of the generators makes, one as often as its weight says.</summary>
    public static Gen<T> Mix<T>(params (int Weight, Gen<T> Gen)[] gens) => Gen.Int[1, gens.Sum(gen => gen.Weight)].SelectMany(n =>
    {
        var at = 0;
        while ((n -= gens[at].Weight) > 0)
            at++;
        return gens[at].Gen;
    });

    /// <summary>What each of the generators makes, in their order.</summary>
    public static Gen<T[]> All<T>(IReadOnlyList<Gen<T>> gens) => new AllOf<T>(gens);

    /// <summary>A generator that is only asked for when it is needed.</summary>
    public static Gen<T> Late<T>(Func<Gen<T>> gen) => Gen.Const(0).SelectMany(_ => gen());

    private sealed class AllOf<T>(IReadOnlyList<Gen<T>> gens) : Gen<T[]>
    {
        public override T[] Generate(PCG pcg, Size? min, out Size size)
        {
            size = new Size(0);
            var made = new T[gens.Count];
            for (var n = 0; n < made.Length; n++)
            {
                made[n] = gens[n].Generate(pcg, null, out var one);
                size.Add(one);
            }

            return made;
        }
    }
}
