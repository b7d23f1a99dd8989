// What reading one input object as a request gave.

namespace EsimTools.Binding;

/// <summary>What reading one input object as a request gave.</summary>
/// <param name="Request">The request; null when there is none.</param>
/// <param name="Problem">What is wrong; null when nothing is.</param>
internal readonly record struct RequestReading(EsimRequest? Request, EsimException? Problem);
